package eu.diplomatics.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.eventstore.UnitRefusedException;
import eu.diplomatics.eventstore.Units;
import eu.diplomatics.generation.Reencryption.Step;
import eu.diplomatics.generation.ReencryptionException.Reason;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A re-encryption (R16, R17)")
class ReencryptionTest {
    private static final Reencryption.Observer NOBODY = (position, head) -> {};

    @TempDir
    private Path directory;

    private GenerationFixture fixture;

    /** As if the process ended there. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @BeforeEach
    void open() {
        fixture = GenerationFixture.create(directory);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void seals_everything_anew_and_leaves_headers_and_leaves_as_they_are() {
        fixture.fill(40);
        List<StoredEvent> before = fixture.stored();
        Map<Long, String> bodies = fixture.bodies();

        Reencryption reencryption = fixture.reencryption();
        assertThat(reencryption.copyAndSwitch(NOBODY)).isEqualTo(2);

        List<StoredEvent> after = fixture.stored();
        assertThat(fixture.bodies()).isEqualTo(bodies).hasSize(before.size());
        for (int i = 0; i < before.size(); i++) {
            StoredEvent old = before.get(i);
            StoredEvent anew = after.get(i);
            assertThat(anew.keyGeneration()).isEqualTo(2);
            assertThat(anew.ciphertext()).hasSameSizeAs(old.ciphertext()).isNotEqualTo(old.ciphertext());
            assertThat(anew.leaf()).isEqualTo(old.leaf());
            assertThat(anew.commitment()).isEqualTo(old.commitment());
            assertThat(anew.context()).isEqualTo(old.context());
            assertThat(anew.recordedAt()).isEqualTo(old.recordedAt());
        }
        assertThat(reencryption.drop(1)).isTrue();
        assertThat(fixture.bodies()).isEqualTo(bodies);
        assertThat(reencryption.state().isUnderWay()).isFalse();
        assertThat(new KeyGenerations(fixture.store.dataSource("reader")).live())
                .containsExactly(2);
    }

    @Test
    void can_be_done_again_and_again() {
        fixture.fill(5);
        Map<Long, String> bodies = fixture.bodies();
        Reencryption reencryption = fixture.reencryption();
        for (int generation = 2; generation <= 4; generation++) {
            assertThat(reencryption.copyAndSwitch(NOBODY)).isEqualTo(generation);
            assertThat(reencryption.drop(generation - 1)).isTrue();
        }
        assertThat(fixture.bodies()).isEqualTo(bodies);
    }

    @Test
    void another_operation_takes_over_what_one_left_and_begins_its_own_when_nothing_is_left() {
        fixture.fill(1);
        Reencryption reencryption = fixture.reencryption();
        UUID abandoned = UUID.randomUUID();
        UUID next = UUID.randomUUID();
        assertThat(reencryption.copyAndSwitch(abandoned, NOBODY)).isEqualTo(2);
        assertThat(reencryption.copyAndSwitch(next, NOBODY)).isEqualTo(2);
        assertThat(reencryption.drop(1)).isTrue();
        assertThat(reencryption.copyAndSwitch(next, NOBODY)).isEqualTo(2);
        assertThat(reencryption.copyAndSwitch(UUID.randomUUID(), NOBODY)).isEqualTo(3);
    }

    @Test
    void does_not_begin_before_the_generation_before_is_gone() {
        fixture.fill(1);
        Reencryption reencryption = fixture.reencryption();
        int generation = reencryption.copyAndSwitch(NOBODY);
        assertThat(reencryption.copyAndSwitch(NOBODY)).isEqualTo(generation);
        assertThatExceptionOfType(ReencryptionException.class)
                .isThrownBy(() -> reencryption.copy(NOBODY))
                .returns(Reason.GENERATION_BEFORE, ReencryptionException::reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            BEGUN          | 1 | 1
            KEYS_DURABLE   | 1 | 1
            KEYS_DURABLE   | 3 | 1
            ROWS_SENT      | 1 | 1
            ROWS_SENT      | 2 | 1
            PAGE_COMMITTED | 1 | 1
            PAGE_COMMITTED | 4 | 1
            APPENDS_HELD   | 1 | 1
            TAIL_SENT      | 1 | 1
            SWITCHED       | 1 | 1
            DROPPED        | 1 | 1
            BEGUN          | 1 | 0.5
            KEYS_DURABLE   | 1 | 0.5
            KEYS_DURABLE   | 3 | 0.5
            ROWS_SENT      | 1 | 0.5
            ROWS_SENT      | 2 | 0.5
            PAGE_COMMITTED | 1 | 0.5
            PAGE_COMMITTED | 4 | 0.5
            APPENDS_HELD   | 1 | 0.5
            TAIL_SENT      | 1 | 0.5
            SWITCHED       | 1 | 0.5
            DROPPED        | 1 | 0.5
            """)
    void ends_alike_wherever_it_was_killed_at_any_pace(Step step, int time, double share) {
        fixture.fill(20);
        Map<Long, String> bodies = fixture.bodies();
        AtomicInteger times = new AtomicInteger();
        Reencryption killed = fixture.reencryption(7, new Pace(share), reached -> {
            if (reached == step && times.incrementAndGet() == time) {
                throw new Killed();
            }
        });
        UUID operation = UUID.randomUUID();
        assertThatThrownBy(() -> {
                    int generation = killed.copyAndSwitch(operation, NOBODY);
                    killed.drop(generation - 1);
                })
                .isInstanceOf(Killed.class);
        fixture.append(new KeyGenerations(fixture.store.dataSource("reader")).current()); // life goes on
        Map<Long, String> grown = fixture.bodies();
        assertThat(grown).containsAllEntriesOf(bodies).hasSize(bodies.size() + 1);

        Reencryption next = fixture.reencryption(7, new Pace(share), reached -> {});
        assertThat(next.copyAndSwitch(operation, NOBODY))
                .as("its own generation, also when all was done")
                .isEqualTo(2);
        assertThat(next.drop(1)).isTrue();
        assertThat(fixture.bodies()).isEqualTo(grown);
        assertThat(fixture.stored()).allMatch(event -> event.keyGeneration() == 2);
        assertThat(next.state().isUnderWay()).isFalse();
    }

    @Test
    void fails_when_another_run_goes_on_at_the_same_time() {
        fixture.fill(20);
        AtomicBoolean once = new AtomicBoolean();
        Reencryption other = fixture.reencryption();
        Reencryption first = fixture.reencryption(7, reached -> {
            if (reached == Step.PAGE_COMMITTED && !once.getAndSet(true)) {
                other.copy(NOBODY);
            }
        });
        assertThatExceptionOfType(ReencryptionException.class)
                .isThrownBy(() -> first.copyAndSwitch(NOBODY))
                .returns(Reason.ANOTHER_RUN, ReencryptionException::reason);
    }

    @Test
    void refuses_what_is_sealed_under_the_old_generation_after_the_switch_and_takes_it_sealed_anew() {
        UUID stream = fixture.append(1);
        AppendUnit late = fixture.unit(stream, 2, 50, 1);
        fixture.reencryption().copyAndSwitch(NOBODY);
        assertThatThrownBy(() -> fixture.log.append(List.of(late)).getFirst().join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        UnitRefusedException.class,
                        refused -> assertThat(refused.isStaleGeneration()).isTrue());
        AppendUnit anew = fixture.unit(stream, 2, 50, 2);
        assertThat(Units.append(fixture.log, anew).getFirst()).isInstanceOf(AppendOutcome.Appended.class);
        assertThat(fixture.reader.stream(stream)).hasSize(2).allMatch(event -> event.keyGeneration() == 2);
    }

    @Test
    void loses_and_doubles_nothing_while_others_append() throws Exception {
        fixture.fill(30);
        KeyGenerations generations = new KeyGenerations(fixture.store.dataSource("reader"));
        AtomicBoolean ended = new AtomicBoolean();
        Callable<Integer> appender = () -> {
            int appended = 0;
            while (!ended.get() || appended == 0) {
                UUID stream = UUID.randomUUID();
                try {
                    Units.places(Units.append(fixture.log, fixture.unit(stream, 1, 60, generations.current()))
                            .getFirst());
                    appended++;
                } catch (CompletionException e) {
                    assertThat(e.getCause())
                            .isInstanceOfSatisfying(
                                    UnitRefusedException.class,
                                    refused -> assertThat(refused.isStaleGeneration())
                                            .isTrue());
                    generations.refresh();
                }
            }
            return appended;
        };
        long before = fixture.reader.head().position();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> appenders = IntStream.range(0, 4)
                    .mapToObj(i -> threads.submit(appender))
                    .toList();
            try {
                Reencryption reencryption = fixture.reencryption(50, reached -> {});
                for (int generation = 2; generation <= 4; generation++) {
                    reencryption.copyAndSwitch(NOBODY);
                    assertThat(reencryption.drop(generation - 1)).isTrue();
                }
            } finally {
                ended.set(true);
            }
            long sum = before;
            for (Future<Integer> each : appenders) {
                sum += each.get();
            }
            assertThat(fixture.reader.head().position()).isEqualTo(sum);
        }
        assertThat(fixture.bodies().values()).doesNotContain("no key").doesNotHaveDuplicates();
        assertThat(fixture.stored()).allMatch(event -> event.keyGeneration() == 4);
    }

    @Test
    void leaves_out_what_was_shredded_and_says_so_where_it_stood() throws SQLException {
        List<UUID> streams = fixture.fill(9);
        UUID gone = streams.get(4);
        fixture.shredded.add(gone);
        fixture.atKeyring("DELETE FROM keyring.data_key WHERE id = ?", gone);
        Reencryption reencryption = fixture.reencryption();
        reencryption.copyAndSwitch(NOBODY);
        List<StoredEvent> left = fixture.reader.stream(gone);
        assertThat(left).isNotEmpty().allMatch(StoredEvent::isLeftOut).noneMatch(StoredEvent::isContentLost);
        assertThat(reencryption.state().leftOut()).isEqualTo(left.size());
        assertThat(fixture.stored()).filteredOn(StoredEvent::isLeftOut).hasSize(left.size());
        assertThat(reencryption.drop(1)).isTrue();
        reencryption.copyAndSwitch(NOBODY);
        assertThat(fixture.reader.stream(gone)).allMatch(StoredEvent::isLeftOut);
    }

    @Test
    void drops_nothing_that_is_said_to_be_read() {
        fixture.fill(2);
        KeyGenerations generations = new KeyGenerations(fixture.store.dataSource("reader"));
        assertThat(generations.hold("backup:one", 1, Duration.ofMinutes(5))).isTrue();
        Reencryption reencryption = fixture.reencryption();
        reencryption.copyAndSwitch(NOBODY);
        assertThat(reencryption.readersOf(1)).isEqualTo(1);
        assertThat(reencryption.drop(1)).isFalse();
        assertThat(generations.live()).containsExactly(1, 2);
        assertThat(generations.hold("backup:one", 2, Duration.ofMinutes(5))).isTrue();
        assertThat(reencryption.drop(1)).isTrue();
        assertThat(generations.hold("backup:one", 1, Duration.ofMinutes(5))).isFalse();
    }

    @Test
    void waits_with_dropping_for_a_statement_that_reads() throws SQLException {
        fixture.fill(2);
        Reencryption reencryption = fixture.reencryption();
        try (Connection reading = fixture.store.connect("reader");
                Statement statement = reading.createStatement()) {
            reading.setAutoCommit(false);
            statement.executeQuery("SELECT * FROM eventstore.ciphertext_1").close();
            reencryption.copyAndSwitch(NOBODY);
            assertThat(reencryption.drop(1)).isFalse();
            reading.rollback();
        }
        assertThat(reencryption.drop(1)).isTrue();
    }

    @Test
    void makes_its_tables_as_the_first_one_was_made() throws SQLException {
        fixture.fill(1);
        fixture.reencryption().copyAndSwitch(NOBODY);
        assertThat(shape("ciphertext_2")).isEqualTo(shape("ciphertext_1"));
        assertThat(Set.of("es_rekeyer INSERT"))
                .as("privileges that only the copy needed")
                .noneMatch(shape("ciphertext_2")::contains);
    }

    private String shape(String table) throws SQLException {
        try (Connection owner = fixture.store.connectAsOwner();
                Statement statement = owner.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT c.reloptions, array_agg((a.attname, a.atttypid, a.attnotnull, a.attstorage) ORDER BY a.attnum),
                            (SELECT array_agg(DISTINCT x.grantee::regrole || ' ' || x.privilege_type
                                ORDER BY x.grantee::regrole || ' ' || x.privilege_type) FROM aclexplode(c.relacl) x)
                        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                        WHERE c.oid = 'eventstore.%s'::regclass GROUP BY c.oid
                        """.formatted(table))) {
            row.next();
            return row.getString(1) + row.getString(2) + row.getString(3);
        }
    }
}
