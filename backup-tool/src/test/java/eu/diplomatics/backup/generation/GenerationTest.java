package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.CreateGeneration.Step;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.transparency.Frontier;
import eu.diplomatics.transparency.TreeHash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R10: three daily generations, each whole, verified and named in a signed index; nothing else counts. */
class GenerationTest {
    private static final Duration DAY = Duration.ofDays(1);

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

    @Test
    void holdsEveryEventAndTheRootOfTheirTree() throws Exception {
        Manifest made = fixture.create();

        Frontier tree = new Frontier();
        fixture.log.stored().forEach(event -> tree.append(TreeHash.of(event.leaf())));
        assertThat(made.log().position()).isEqualTo(tree.size()).isEqualTo(120);
        assertThat(made.log().root()).isEqualTo(tree.head().root().toString());
        assertThat(made.keyVersions()).isEqualTo(Map.of("1", 120L));
        assertThat(rows(made, "eventstore.event")).isEqualTo(120);
        assertThat(rows(made, "eventstore.ciphertext_1")).isEqualTo(120);
        assertThat(rows(made, "keyring.data_key")).isEqualTo(60);
        assertThat(made.sources())
                .flatExtracting(Manifest.Source::tables)
                .flatExtracting(Manifest.Table::segments)
                .hasSizeGreaterThan(5);
        VerifyGeneration verify = new VerifyGeneration(fixture.store());
        GenerationId id = GenerationId.parse(made.id());
        assertThat(verify.verify(id, fixture.custodian()).findings()).isEmpty();
        assertThat(verify.verify(id).findings()).isEmpty();
        assertThat(fixture.store().list()).extracting(Stored::state).containsExactly(State.VERIFIED);
    }

    private static long rows(Manifest manifest, String table) {
        return manifest.sources().stream()
                .flatMap(source -> source.tables().stream())
                .filter(each -> each.name().equals(table))
                .mapToLong(Manifest.Table::rows)
                .sum();
    }

    @Test
    void whatIsRegisteredMeanwhileIsNotInItAndEveryKeyOfWhatIsInItIs() throws Exception {
        Manifest made = fixture.create(step -> {
                    if (step == Step.SEGMENT_PUT || step == Step.DATA_COPIED) {
                        fixture.log.append(1);
                    }
                })
                .create();

        assertThat(made.log().position()).isEqualTo(120);
        assertThat(rows(made, "eventstore.ciphertext_1")).isEqualTo(120);
        assertThat(rows(made, "keyring.data_key")).isGreaterThan(60);
        assertThat(fixture.log.stored()).hasSizeGreaterThan(120);
    }

    @Test
    void keepsTheLastThreeDays() throws Exception {
        List<String> made = new ArrayList<>();
        for (int day = 0; day < 5; day++) {
            made.add(fixture.create().id());
            fixture.clock.forward(DAY);
        }

        List<Stored> kept = fixture.store().list();
        assertThat(kept).extracting(each -> each.id().toString()).isEqualTo(made.subList(2, 5));
        assertThat(kept).extracting(Stored::state).containsOnly(State.VERIFIED);
        assertThat(fixture.store().index().orElseThrow().generations()).hasSize(GenerationIndex.KEPT);
    }

    @Test
    void aSecondOneOfTheSameDayTakesThePlaceOfTheFirst() throws Exception {
        Manifest first = fixture.create();
        fixture.log.append(1);
        Manifest second = fixture.create();

        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(second.day()).isEqualTo(first.day());
        assertThat(fixture.store().index().orElseThrow().generations()).hasSize(1);
        assertThat(fixture.store().list())
                .extracting(each -> each.id().toString())
                .containsExactly(second.id());
    }

    @Test
    void aClockThatWasSetBackMakesNone() throws Exception {
        fixture.clock.forward(DAY);
        fixture.create();
        fixture.clock.forward(DAY.negated());

        assertThatThrownBy(fixture::create)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo(BackupException.Code.CLOCK_BEHIND));
        assertThat(fixture.store().list()).hasSize(1);
    }

    @Test
    void ofTwoAtOnceOneIsMade() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch tried = new CountDownLatch(1);
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<Manifest> first = other.submit(() -> fixture.create(step -> {
                        if (step == Step.SNAPSHOT_TAKEN) {
                            begun.countDown();
                            await(tried);
                        }
                    })
                    .create());
            begun.await();

            assertThatThrownBy(fixture::create)
                    .isInstanceOfSatisfying(
                            BackupException.class,
                            e -> assertThat(e.code()).isEqualTo(BackupException.Code.ANOTHER_RUNS));
            tried.countDown();
            assertThat(first.get().log().position()).isEqualTo(120);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aGenerationOfDataKeysIsNotDroppedWhileItIsRead() throws Exception {
        fixture.create(step -> {
                    if (step == Step.SNAPSHOT_TAKEN) {
                        fixture.log.reencryption().copyAndSwitch((position, head) -> {});
                        assertThat(fixture.log.reencryption().readersOf(1)).isEqualTo(1);
                    }
                })
                .create();

        assertThat(fixture.store().list()).extracting(Stored::state).containsExactly(State.VERIFIED);
    }

    @Test
    void aGenerationOfDataKeysMayBeDroppedAsSoonAsItIsReadOrCannotBe() throws Exception {
        List<Long> readers = new ArrayList<>();
        fixture.create(step -> {
                    if (step == Step.SNAPSHOT_TAKEN) {
                        fixture.log.reencryption().copyAndSwitch((position, head) -> {});
                    }
                    if (step == Step.DATA_COPIED || step == Step.KEYS_COPIED) {
                        readers.add(fixture.log.reencryption().readersOf(1));
                    }
                })
                .create();
        assertThat(readers).containsExactly(1L, 0L);

        assertThatThrownBy(() -> fixture.create(step -> {
                            if (step == Step.SEGMENT_PUT) {
                                throw new IllegalStateException("the end");
                            }
                        })
                        .create())
                .hasMessage("the end");
        assertThat(fixture.log.reencryption().readersOf(2)).isZero();
    }

    @Test
    void aSourceThatIsStoppedInTheMiddleLeavesTheGenerationsAsTheyWere() throws Exception {
        Manifest first = fixture.create();
        fixture.clock.forward(DAY);

        assertThatThrownBy(() -> fixture.create(step -> {
                            if (step == Step.SEGMENT_PUT) {
                                disconnectBackups();
                            }
                        })
                        .create())
                .isInstanceOf(SQLException.class);

        assertThat(fixture.store().index().orElseThrow().generations())
                .extracting(entry -> entry.day().toString())
                .containsExactly(first.day());
        assertThat(fixture.store().list()).extracting(Stored::state).containsExactly(State.VERIFIED, State.STAGED);
        fixture.create();
        assertThat(fixture.store().list()).extracting(Stored::state).containsExactly(State.VERIFIED, State.VERIFIED);
    }

    @Test
    void whatAStrangerLeftInAGenerationGoesWithIt() throws Exception {
        Manifest first = fixture.create();
        Path stranger = fixture.placeDirectory()
                .resolve(GenerationStore.path(GenerationId.parse(first.id())))
                .resolve("data/Some FILE.txt");
        Files.writeString(stranger, "x");

        Manifest second = fixture.create();

        assertThat(stranger).doesNotExist();
        assertThat(fixture.store().list())
                .extracting(each -> each.id().toString())
                .containsExactly(second.id());
    }

    /** A role that row security shows less than all gets no error from PostgreSQL, only fewer rows. */
    @Test
    void rowsThatAreHiddenFromItAreNoRowsThatAreNotThere() throws Exception {
        fixture.log.atKeyring("DROP POLICY backup_reads ON keyring.data_key");

        assertThatThrownBy(fixture::create).isInstanceOf(SQLException.class).hasMessageContaining("keyring.data_key");

        assertThat(fixture.store().index()).isEmpty();
    }

    private void disconnectBackups() {
        try (var connection = TestServices.postgres().connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'es_backup'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void nothingOfItIsReadableByOthers() throws Exception {
        fixture.create();
        try (var files = Files.walk(fixture.placeDirectory())) {
            assertThat(files.filter(Files::isDirectory))
                    .allSatisfy(folder -> assertThat(Files.getPosixFilePermissions(folder))
                            .isEqualTo(PosixFilePermissions.fromString("rwx------")));
        }
    }
}
