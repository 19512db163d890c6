package eu.diplomatics.backup.tail;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.KilledBackup;
import eu.diplomatics.backup.generation.VerifyGeneration;
import eu.diplomatics.backup.tail.FollowGeneration.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Killed wherever it is, a tail leaves those before it whole, and the next one has all that is missing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledTailTest {
    private BackupFixture fixture;
    private TailFixture tails;
    private Path configuration;
    private GenerationId id;
    private long generationEnd;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        fixture = new BackupFixture(directory);
        tails = new TailFixture(fixture);
        fixture.log.fill(10);
        configuration = fixture.configuration();
        var generation = fixture.create();
        id = GenerationId.parse(generation.id());
        generationEnd = generation.log().position();
    }

    @AfterAll
    void close() throws Exception {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({
        "ALONE, 1",
        "CLEARED, 1",
        "SNAPSHOT_TAKEN, 1",
        "SEGMENT_PUT, 1",
        "SEGMENT_PUT, 3",
        "SNAPSHOT_TAKEN, 4",
        "DATA_COPIED, 1",
        "KEYS_COPIED, 1",
        "MANIFEST_PUT, 1"
    })
    void thoseBeforeAreWholeAndTheNextHasWhatIsMissing(Step step, int time) throws Exception {
        int before = new TailStore(fixture.store()).chain(id).size();
        fixture.log.fill(5);

        assertThat(run(step, time)).isEqualTo(KilledBackup.KILLED);

        allIsWhole(before + (step == Step.MANIFEST_PUT ? 1 : 0));
        fixture.log.append(1);
        TailManifest next = tails.follow();
        allIsWhole(next.number());
        List<Long> positions = new ArrayList<>();
        for (TailStore.SignedTail tail : new TailStore(fixture.store()).chain(id)) {
            positions.addAll(tails.longs(tail.manifest(), "eventstore.event", "position"));
        }
        assertThat(positions)
                .isEqualTo(LongStream.rangeClosed(
                                generationEnd + 1, fixture.log.stored().size())
                        .boxed()
                        .toList());
        try (Stream<Path> spool = Files.list(fixture.store().place().spool())) {
            assertThat(spool).isEmpty();
        }
    }

    private void allIsWhole(int tails) throws IOException {
        VerifyTail.Report report = new VerifyTail(new TailStore(fixture.store())).verify(id, fixture.custodian());
        assertThat(report.findings()).isEmpty();
        assertThat(report.tails()).isEqualTo(tails);
        assertThat(new VerifyGeneration(fixture.store())
                        .verify(id, fixture.custodian())
                        .findings())
                .isEmpty();
    }

    private int run(Step step, int time) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledTail.class.getName(),
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
