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
import java.util.Arrays;
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
import org.junit.jupiter.params.provider.EnumSource;

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
    @CsvSource({
        "BEGUN,1",
        "KEYS_DURABLE,1",
        "KEYS_DURABLE,3",
        "ROWS_SENT,1",
        "ROWS_SENT,2",
        "PAGE_COMMITTED,1",
        "PAGE_COMMITTED,4",
        "APPENDS_HELD,1",
        "TAIL_SENT,1",
        "SWITCHED,1",
        "DROPPED,1"
    })
    void ends_alike_wherever_it_was_killed(Step step, int time) {
        fixture.fill(20);
        Map<Long, String> bodies = fixture.bodies();
        AtomicInteger times = new AtomicInteger();
        Reencryption killed = fixture.reencryption(7, reached -> {
            if (reached == step && times.incrementAndGet() == time) {
                throw new Killed();
            }
        });
        assertThatThrownBy(() -> {
                    int generation = killed.copyAndSwitch(NOBODY);
                    killed.drop(generation - 1);
                })
                .isInstanceOf(Killed.class);
        fixture.append(new KeyGenerations(fixture.store.dataSource("reader")).current()); // life goes on
        Map<Long, String> grown = fixture.bodies();
        assertThat(grown).containsAllEntriesOf(bodies).hasSize(bodies.size() + 1);

        Reencryption next = fixture.reencryption(7, reached -> {});
        if (step != Step.DROPPED) {
            assertThat(next.copyAndSwitch(NOBODY)).isEqualTo(2);
            assertThat(next.drop(1)).isTrue();
        }
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
    void stops_where_a_key_is_missing_that_nobody_shredded() throws SQLException {
        List<UUID> streams = fixture.fill(30);
        UUID robbed = streams.get(20);
        long position = fixture.reader.stream(robbed).getFirst().position();
        fixture.atKeyring("CREATE TABLE stolen AS SELECT * FROM keyring.data_key WHERE id = ?", robbed);
        fixture.atKeyring("DELETE FROM keyring.data_key WHERE id = ?", robbed);
        Reencryption reencryption = fixture.reencryption(5, step -> {});
        stopsAt(reencryption, Reason.KEY_MISSING, position);

        fixture.atKeyring("INSERT INTO keyring.data_key SELECT * FROM stolen");
        assertThat(reencryption.copyAndSwitch(NOBODY)).isEqualTo(2);
    }

    /** Where a ciphertext can be broken, by what stands there. */
    enum Damage {
        SALT(0),
        COMMITMENT(30),
        CHUNK(80),
        LATER_CHUNK(16_500),
        TAG(-1),
        TRUNCATED(0) {
            @Override
            byte[] to(byte[] ciphertext) {
                return Arrays.copyOf(ciphertext, ciphertext.length - 1);
            }
        },
        CUT_TO_ONE_CHUNK(0) {
            @Override
            byte[] to(byte[] ciphertext) {
                return Arrays.copyOf(ciphertext, 24 + 32 + 16_384 + 16);
            }
        },
        EXTENDED(0) {
            @Override
            byte[] to(byte[] ciphertext) {
                return Arrays.copyOf(ciphertext, ciphertext.length + 1);
            }
        },
        ONE_BYTE(0) {
            @Override
            byte[] to(byte[] ciphertext) {
                return new byte[] {1};
            }
        },
        MARK_OF_WHAT_WAS_LEFT_OUT(0) {
            @Override
            byte[] to(byte[] ciphertext) {
                return StoredEvent.leftOut();
            }
        };

        private final int at;

        Damage(int at) {
            this.at = at;
        }

        byte[] to(byte[] ciphertext) {
            byte[] changed = ciphertext.clone();
            changed[at < 0 ? changed.length + at : at] ^= 1;
            return changed;
        }
    }

    @ParameterizedTest
    @EnumSource
    void stops_where_a_ciphertext_is_broken_and_changes_nothing(Damage damage) throws SQLException {
        fixture.fill(30);
        StoredEvent large = fixture.stored().stream()
                .filter(event -> event.ciphertext().length > 16_600)
                .skip(2)
                .findFirst()
                .orElseThrow();
        Map<Long, String> bodies = fixture.bodies();
        write(large.position(), damage.to(large.ciphertext()));
        Reencryption reencryption = fixture.reencryption(5, step -> {});
        stopsAt(reencryption, Reason.SEAL_BROKEN, large.position());

        write(large.position(), large.ciphertext());
        assertThat(fixture.bodies()).isEqualTo(bodies);
        reencryption.copyAndSwitch(NOBODY);
        assertThat(fixture.bodies()).isEqualTo(bodies);
    }

    @Test
    void stops_where_rows_are_swapped() throws SQLException {
        UUID stream = fixture.append(1);
        Units.places(Units.append(fixture.log, fixture.unit(stream, 2, 40, 1)).getFirst());
        List<StoredEvent> events = fixture.stored();
        write(1, events.get(1).ciphertext());
        write(2, events.get(0).ciphertext());
        stopsAt(fixture.reencryption(), Reason.SEAL_BROKEN, 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            stream = gen_random_uuid()                          | KEY_MISSING
            version = 7                                         | SEAL_BROKEN
            type = 'QualificationAnnulled'                      | SEAL_BROKEN
            type_version = 2                                    | SEAL_BROKEN
            recorded_at = recorded_at - interval '1 day'        | SEAL_BROKEN
            commitment = sha256(commitment)                     | SEAL_BROKEN
            leaf = sha256(leaf)                                 | SEAL_BROKEN
            """)
    void stops_where_a_header_is_changed(String change, Reason reason) throws SQLException {
        fixture.fill(3);
        host("UPDATE eventstore.event SET " + change + " WHERE position = 2");
        stopsAt(fixture.reencryption(), reason, 2);
    }

    @Test
    void stops_where_a_ciphertext_is_lost_or_an_event_is() throws SQLException {
        fixture.fill(5);
        host("DELETE FROM eventstore.ciphertext_1 WHERE position = 3");
        stopsAt(fixture.reencryption(), Reason.CONTENT_LOST, 3);
        host("DELETE FROM eventstore.event WHERE position = 3");
        stopsAt(fixture.reencryption(), Reason.GAP, 3);
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

    private void stopsAt(Reencryption reencryption, Reason reason, long position) {
        assertThatExceptionOfType(ReencryptionException.class)
                .isThrownBy(() -> reencryption.copyAndSwitch(NOBODY))
                .returns(reason, ReencryptionException::reason)
                .returns(position, ReencryptionException::position);
        assertThat(new KeyGenerations(fixture.store.dataSource("reader")).refresh())
                .isEqualTo(1);
        assertThat(reencryption.state().position()).isLessThan(position);
    }

    private void write(long position, byte[] ciphertext) throws SQLException {
        assertThat(fixture.asHost(
                        "UPDATE eventstore.ciphertext_1 SET ciphertext = ? WHERE position = ?", ciphertext, position))
                .isEqualTo(1);
    }

    private void host(String sql) throws SQLException {
        fixture.asHost("ALTER TABLE eventstore.event DISABLE TRIGGER event_is_immutable");
        fixture.asHost(sql);
    }
}
