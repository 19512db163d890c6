package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.CreateGeneration.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R10: what a generation is named for is what its place gives back, though segments are read while others are written. */
class ReadBackTest {
    @TempDir
    private Path directory;

    private BackupFixture fixture;

    @BeforeEach
    void open() {
        fixture = new BackupFixture(directory);
        fixture.log.fill(60);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private List<Path> segments() {
        try (Stream<Path> files = Files.walk(fixture.placeDirectory().resolve("generations"))) {
            return files.filter(file -> file.toString().endsWith(".segment"))
                    .sorted(Comparator.comparing(file -> file.toFile().lastModified()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void flip(Path segment) {
        try {
            byte[] bytes = Files.readAllBytes(segment);
            bytes[bytes.length / 2] ^= 1;
            Files.write(segment, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void refused(CreateGeneration.Steps steps) throws IOException {
        assertThatThrownBy(() -> fixture.create(steps).create())
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo(BackupException.Code.NOT_VERIFIED));
        assertThat(fixture.store().index()).isEmpty();
    }

    @Test
    void aSegmentThatThePlaceChangedIsFound() throws IOException {
        AtomicBoolean changed = new AtomicBoolean();
        refused(step -> {
            if (step == Step.SEGMENT_PUT && !changed.getAndSet(true)) {
                flip(segments().getLast());
            }
        });
    }

    @Test
    void aSegmentThatIsGoneOrShorterAfterItWasReadBackIsFound() throws IOException {
        refused(step -> {
            if (step == Step.KEYS_COPIED) {
                assertThat(segments().getFirst().toFile().delete()).isTrue();
            }
        });
        refused(step -> {
            if (step == Step.KEYS_COPIED) {
                try {
                    Files.write(segments().getFirst(), new byte[3]);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    @Test
    void aManifestThatThePlaceChangedIsFound() throws IOException {
        refused(step -> {
            if (step == Step.MANIFEST_PUT) {
                try (Stream<Path> files = Files.walk(fixture.placeDirectory().resolve("generations"))) {
                    files.filter(file -> file.endsWith("manifest.json")).forEach(ReadBackTest::flip);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    @Test
    void whatLiesThereAndNobodyNamesIsFound() throws IOException {
        refused(step -> {
            if (step == Step.KEYS_COPIED) {
                Path copied = segments().getFirst().resolveSibling("0".repeat(64) + ".segment");
                try {
                    Files.copy(segments().getFirst(), copied);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }
}
