package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.generation.VerifyGeneration.Code;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R11, abuse case 10: a generation holds what it needs to run elsewhere, signed and found out when it is changed. */
class EnvironmentTest {
    @TempDir
    private Path directory;

    private BackupFixture fixture;

    @BeforeEach
    void open() {
        fixture = new BackupFixture(directory);
        fixture.log.fill(3);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static EnvironmentFiles.File file(String path, boolean executable, String content) {
        return new EnvironmentFiles.File(
                path, executable, () -> new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
    }

    private Manifest createWith(EnvironmentFiles files) throws Exception {
        return fixture.create(files);
    }

    @Test
    void comesOutAsItWentInAndWhatIsTheSameLiesThereOnce() throws Exception {
        Manifest made = createWith(() -> List.of(
                file("app/one/library.jar", false, "the same"),
                file("app/other/library.jar", false, "the same"),
                file("jre/bin/java", true, "runs")));
        GenerationId id = GenerationId.parse(made.id());

        assertThat(objects(id)).hasSize(2);
        assertThat(new VerifyGeneration(fixture.store())
                        .verify(id, fixture.custodian())
                        .findings())
                .isEmpty();
        Path unpacked = directory.resolve("unpacked");
        new EnvironmentReader(fixture.store(), id).unpack(unpacked);
        assertThat(unpacked.resolve("app/one/library.jar")).hasContent("the same");
        assertThat(unpacked.resolve("app/other/library.jar")).hasContent("the same");
        assertThat(unpacked.resolve("jre/bin/java")).hasContent("runs").isExecutable();
        assertThat(Files.isExecutable(unpacked.resolve("app/one/library.jar"))).isFalse();
    }

    private List<Path> objects(GenerationId id) throws Exception {
        try (Stream<Path> files =
                Files.list(fixture.placeDirectory().resolve(GenerationStore.path(id) + "/environment"))) {
            return files.sorted().toList();
        }
    }

    @Test
    void everyFlippedBitIsFoundAndNothingOfItIsUnpacked() throws Exception {
        GenerationId id = GenerationId.parse(createWith(() -> List.of(file("app/one/library.jar", false, "something")))
                .id());
        Path object = objects(id).getFirst();
        byte[] whole = Files.readAllBytes(object);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(object, flipped);
            assertThat(new VerifyGeneration(fixture.store()).verify(id).findings())
                    .extracting(VerifyGeneration.Finding::code)
                    .containsExactly(Code.CHANGED);
            assertDamaged(id);
        }
        Files.delete(object);
        assertThat(new VerifyGeneration(fixture.store()).verify(id).findings())
                .extracting(VerifyGeneration.Finding::code)
                .containsExactly(Code.MISSING);
        assertDamaged(id);
        assertThat(directory.resolve("unpacked/app/one")).isEmptyDirectory();
    }

    private void assertDamaged(GenerationId id) throws Exception {
        EnvironmentReader reader = new EnvironmentReader(fixture.store(), id);
        assertThatThrownBy(() -> reader.unpack(directory.resolve("unpacked")))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo(BackupException.Code.DAMAGED));
    }

    @Test
    void whatUnpacksToMoreThanWasPackedFillsNoDisk() throws Exception {
        GenerationId id = GenerationId.parse(createWith(() -> List.of(file("app/one/library.jar", false, "something")))
                .id());
        Files.write(objects(id).getFirst(), Zstd.compress(new byte[64 << 20]));
        assertDamaged(id);
        assertThat(directory.resolve("unpacked/app/one")).isEmptyDirectory();

        ByteArrayOutputStream written = new ByteArrayOutputStream();
        assertThat(EnvironmentReader.copy(new ByteArrayInputStream(new byte[10 << 20]), written, 100_000))
                .isFalse();
        assertThat(written.size()).isLessThanOrEqualTo(100_000);
        assertThat(EnvironmentReader.copy(new ByteArrayInputStream(new byte[9]), written, 10))
                .isFalse();
    }

    @Test
    void aPathThatLeadsOutIsNotEvenWritten() throws Exception {
        for (String path : List.of("../out", "/etc/passwd", "a/../../out", "a//b", "", ".hidden", "a\\b", "a/./b")) {
            assertThatThrownBy(() -> createWith(() -> List.of(file(path, false, "x"))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(fixture.store().index()).isEmpty();
    }

    /** Signed by the right key all the same: whoever has it must not be able to write elsewhere on this machine. */
    @Test
    void aSignedManifestWithSuchAPathIsNoManifest() throws Exception {
        GenerationId id = GenerationId.parse(createWith(() -> List.of(file("app/one/library.jar", false, "something")))
                .id());
        GenerationStore store = fixture.store();
        String statement = SignedText.canonical(store.manifest(id).orElseThrow().manifest())
                .replace("app/one/library.jar", "../one/library.jar");
        fixture.store()
                .place()
                .replace(
                        GenerationStore.manifestName(id),
                        store.keys().sign(Manifest.TYPE, statement).bytes());

        assertThat(store.list()).extracting(Stored::state).containsExactly(State.BROKEN);
        assertThatThrownBy(() -> new EnvironmentReader(store, id)).isInstanceOf(UntrustedException.class);
    }
}
