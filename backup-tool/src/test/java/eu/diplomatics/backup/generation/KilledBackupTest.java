package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.generation.CreateGeneration.Step;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Killed wherever it is, a backup leaves the generations that count, and the next one leaves nothing of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledBackupTest {
    private BackupFixture fixture;
    private Path configuration;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        fixture = new BackupFixture(directory);
        fixture.log.fill(30);
        configuration = fixture.configuration();
    }

    @AfterAll
    void close() throws Exception {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({
        "ALONE, 1",
        "PURGED, 1",
        "SNAPSHOT_TAKEN, 1",
        "SEGMENT_PUT, 1",
        "SEGMENT_PUT, 7",
        "SNAPSHOT_TAKEN, 3",
        "DATA_COPIED, 1",
        "KEYS_COPIED, 1",
        "ENVIRONMENT_PUT, 1",
        "MANIFEST_PUT, 1",
        "VERIFIED, 1",
        "PROMOTED, 1",
        "OLDEST_GONE, 1"
    })
    void theGenerationsThatCountAreWholeAndTheNextOneIsMade(Step step, int time) throws Exception {
        long named = named();

        assertThat(run(step, time)).isEqualTo(KilledBackup.KILLED);

        assertThat(named()).isEqualTo(step.compareTo(Step.PROMOTED) >= 0 ? 1 : named);
        allAreWhole();
        fixture.create();
        assertThat(fixture.store().list())
                .extracting(Stored::state)
                .containsAnyOf(State.VERIFIED)
                .doesNotContain(State.STAGED, State.BROKEN);
        allAreWhole();
        try (Stream<Path> spool = Files.list(fixture.store().place().spool())) {
            assertThat(spool).isEmpty();
        }
    }

    private long named() throws IOException {
        return fixture.store()
                .index()
                .map(index -> (long) index.generations().size())
                .orElse(0L);
    }

    private void allAreWhole() throws IOException {
        for (Stored stored : fixture.store().list()) {
            if (stored.state() == State.VERIFIED) {
                assertThat(new VerifyGeneration(fixture.store())
                                .verify(stored.id(), fixture.custodian())
                                .findings())
                        .isEmpty();
            }
        }
    }

    private int run(Step step, int time) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledBackup.class.getName(),
                        configuration.toString(),
                        step.name(),
                        Integer.toString(time),
                        fixture.clock.ahead().toString()))
                .inheritIO()
                .start();
        if (!process.waitFor(Duration.ofMinutes(2))) {
            process.destroyForcibly();
        }
        return process.waitFor();
    }
}
