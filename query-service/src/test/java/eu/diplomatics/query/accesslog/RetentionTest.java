package eu.diplomatics.query.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.query.database.Login;
import eu.diplomatics.query.database.Pools;
import eu.diplomatics.retention.Kept;
import eu.diplomatics.retention.RetentionJob;
import eu.diplomatics.retention.RetentionJob.Rule;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** R27: rows of the access log and all that lies beside it are there before the end of their period, and gone after. */
class RetentionTest {
    private static final Duration PERIOD = Kept.ACCESS_LOG.standard();
    private static final List<Integer> AGES = List.of(420, 400, 380, 350);

    private final DatabaseAccess access = TestServices.database(Database.ACCESSLOG);
    private final HikariDataSource retention =
            Pools.open("retention", access.url(), login(access.role("retention")), 1, Duration.ofSeconds(10));
    private final HikariDataSource migrator =
            Pools.open("owner", access.url(), login(access.migrator()), 1, Duration.ofSeconds(10));
    private final JdbcTemplate owner = new JdbcTemplate(migrator);
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    private Duration ahead = Duration.ZERO;

    @BeforeEach
    void migrate() {
        Pools.migrate(access.url(), login(access.migrator()), "accesslog", "classpath:db/accesslog");
        owner.execute("SET ROLE al_owner");
    }

    @AfterEach
    void close() {
        retention.close();
        migrator.close();
    }

    private static Login login(eu.diplomatics.local.Login of) {
        return new Login(of.username(), of.password());
    }

    /** One row of each age in days, the oldest first, all sealed but the last, which is the oldest of all. */
    private void write() {
        AGES.forEach(this::insert);
        owner.update("""
                INSERT INTO accesslog.leaf (position, entry, at, leaf)
                SELECT row_number() OVER (ORDER BY e.at), e.id, e.at, sha256('x') FROM accesslog.entry e""");
        // each a minute later
        owner.update("""
                INSERT INTO accesslog.checkpoint (size, root, note, sealed_at)
                SELECT position, sha256('x'), 'x', at + interval '1 minute' FROM accesslog.leaf""");
        insert(500);
        owner.update("""
                INSERT INTO accesslog.leaf (position, entry, at, leaf)
                SELECT 5, e.id, e.at, sha256('x') FROM accesslog.entry e WHERE e.at < now() - interval '450 days'""");
    }

    private void insert(int age) {
        owner.update("""
                INSERT INTO accesslog.entry (id, at, sealed)
                VALUES (gen_random_uuid(), ?::timestamptz, '\\x00')""", now.minus(Duration.ofDays(age)).toString());
    }

    private List<Integer> ages() {
        return owner.query(
                "SELECT round(extract(epoch FROM ?::timestamptz - at) / 86400)::int FROM accesslog.entry ORDER BY at",
                (row, n) -> row.getInt(1),
                now.toString());
    }

    private long count(String table) {
        return Objects.requireNonNull(owner.queryForObject("SELECT count(*) FROM accesslog." + table, Long.class));
    }

    /** With the clock set to when rows of this age in days are as old as the period is. */
    private RetentionJob job(@Nullable Instant hold) {
        Expiry expiry = new Expiry(retention);
        return new RetentionJob(
                List.of(
                        new Rule(Kept.ACCESS_LOG, PERIOD, hold, expiry::rows),
                        new Rule(Kept.RECIPIENTS, PERIOD, null, expiry::recipients),
                        new Rule(Kept.NOTICES, PERIOD, null, expiry::notices),
                        new Rule(Kept.CASES, Kept.CASES.standard(), null, expiry::cases),
                        new Rule(Kept.QUOTA_COUNTS, Kept.QUOTA_COUNTS.standard(), null, expiry::quotas)),
                () -> now.plus(ahead));
    }

    private void moveTo(int age) {
        ahead = PERIOD.minus(Duration.ofDays(age));
    }

    @Test
    void aRowIsThereBeforeTheEndOfItsPeriodAndGoneAfterAndItsLeafStays() {
        write();
        try (RetentionJob job = job(null)) {
            job.round();
            assertThat(ages()).containsExactly(500, 420, 400, 380, 350);
            moveTo(421);
            job.round();
            assertThat(ages()).as("a day before").containsExactly(500, 420, 400, 380, 350);
            moveTo(419);
            job.round();
            assertThat(ages()).as("a day after").containsExactly(500, 400, 380, 350);
            moveTo(370);
            job.round();
            assertThat(ages()).as("what is not under a checkpoint stays").containsExactly(500, 350);
            assertThat(Objects.requireNonNull(job.states().get(Kept.ACCESS_LOG)).removed())
                    .isEqualTo(3);
        }
        assertThat(count("leaf")).isEqualTo(5);
        assertThat(owner.query("SELECT horizon FROM accesslog.expiry ORDER BY 1", (row, n) -> row.getLong(1)))
                .containsExactly(1L, 3L);
    }

    @Test
    void whatTheControllerDoesNotHaveYetAndTheLastThatItHasStay() {
        write();
        owner.update("INSERT INTO accesslog.shipping (position) VALUES (2)");
        moveTo(370);
        try (RetentionJob job = job(null)) {
            job.round();
            assertThat(ages()).containsExactly(500, 400, 380, 350);
            owner.update("UPDATE accesslog.shipping SET position = 4");
            job.round();
            assertThat(ages()).containsExactly(500, 350);
        }
    }

    @Test
    void theDatabaseKeepsAYearWhateverTheProgramSaysTheTimeIs() {
        write();
        moveTo(349);
        try (RetentionJob job = job(null)) {
            job.round();
            assertThat(ages()).containsExactly(500, 420, 400, 380, 350);
            assertThat(Objects.requireNonNull(job.states().get(Kept.ACCESS_LOG)).goneBefore())
                    .as("it did not end well")
                    .isNull();
        }
        assertThatThrownBy(() -> new Expiry(retention).rows(now.minus(Duration.ofDays(300))))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22023"));
    }

    @Test
    void whatWasSealedLateStaysUntilItsSealIsOldEnoughToo() {
        insert(500);
        owner.update("""
                INSERT INTO accesslog.leaf (position, entry, at, leaf)
                SELECT 1, e.id, e.at, sha256('x') FROM accesslog.entry e""");
        owner.update(
                "INSERT INTO accesslog.checkpoint (size, root, note, sealed_at) VALUES (1, sha256('x'), 'x', ?::timestamptz)",
                now.minus(Duration.ofDays(450)).toString());
        try (RetentionJob job = job(null)) {
            moveTo(460);
            job.round();
            assertThat(ages()).containsExactly(500);
            moveTo(440);
            job.round();
            assertThat(ages()).isEmpty();
        }
    }

    @Test
    void whatIsOnHoldStays() {
        write();
        moveTo(370);
        try (RetentionJob job = job(now.minus(Duration.ofDays(410)))) {
            job.round();
            assertThat(ages()).containsExactly(500, 400, 380, 350);
            assertThat(Objects.requireNonNull(job.states().get(Kept.ACCESS_LOG)).held())
                    .isTrue();
        }
    }

    @Test
    void whatARestoreBroughtBackGoesOnceMore() {
        write();
        moveTo(390);
        try (RetentionJob job = job(null)) {
            owner.update("CREATE TABLE accesslog.backup AS SELECT * FROM accesslog.entry");
            job.round();
            assertThat(ages()).containsExactly(500, 380, 350);
        }
        owner.update("INSERT INTO accesslog.entry SELECT * FROM accesslog.backup ON CONFLICT DO NOTHING");
        try (RetentionJob job = job(null)) {
            job.round();
            assertThat(ages()).containsExactly(500, 380, 350);
        }
        assertThat(count("expiry")).as("said once").isEqualTo(1);
    }

    @Test
    void aCountOfAQuotaIsThereBeforeTheEndOfItsPeriodAndGoneAfterAndTodaysNeverGoes() {
        owner.update("""
                INSERT INTO accesslog.quota_used SELECT gen_random_uuid(), (now() AT TIME ZONE 'UTC')::date - d, 1
                FROM unnest(ARRAY[0, 34, 37]) d""");
        try (RetentionJob job = job(null)) {
            job.round();
            assertThat(count("quota_used")).isEqualTo(2);
            ahead = Duration.ofDays(3);
            job.round();
            assertThat(count("quota_used")).isEqualTo(1);
            ahead = Duration.ofDays(100);
            job.round();
            assertThat(count("quota_used")).isEqualTo(1);
        }
    }

    @Test
    void whoReceivedARecordIsThereBeforeTheEndOfThePeriodAndGoneAfterUnlessToBeTold() {
        owner.update("""
                INSERT INTO accesslog.recipient (record, agency, version, sealed, seal_key, since)
                SELECT int4send(d), 'a', 1, 'x', 1, ?::timestamptz - make_interval(days => d)
                FROM unnest(ARRAY[500, 420, 380, 350]) d""", now.toString());
        owner.update("INSERT INTO accesslog.due VALUES (int4send(500), 'a', 'e')");
        String left = "SELECT string_agg(('x' || encode(record, 'hex'))::bit(32)::int::text, ' ' ORDER BY record DESC)"
                + " FROM accesslog.recipient";
        try (RetentionJob job = job(null)) {
            moveTo(421);
            job.round();
            assertThat(owner.queryForObject(left, String.class)).isEqualTo("500 420 380 350");
            moveTo(419);
            job.round();
            assertThat(owner.queryForObject(left, String.class)).isEqualTo("500 380 350");
            owner.update("DELETE FROM accesslog.due");
            moveTo(370);
            job.round();
            assertThat(owner.queryForObject(left, String.class)).isEqualTo("350");
            moveTo(100);
            job.round();
            assertThat(owner.queryForObject(left, String.class))
                    .as("less than a year ago")
                    .isEqualTo("350");
        }
    }

    @Test
    void whoReceivesARecordAgainCountsFromThen() {
        owner.update("""
                INSERT INTO accesslog.recipient (record, agency, version, sealed, seal_key, since)
                SELECT r::bytea, 'a', 1, 'x', 1, ?::timestamptz - make_interval(days => 20 * r::int)
                FROM unnest(ARRAY['1', '2', '3']) r""", now.toString());
        for (String record : List.of("1", "2")) {
            owner.queryForList("""
                    SELECT accesslog.remember_recipients(
                        ARRAY[?::bytea], ARRAY['a'::bytea], ARRAY[2::bigint], ARRAY['y'::bytea], ARRAY[1::smallint])
                    """, record);
        }
        assertThat(owner.queryForList("""
                SELECT round(extract(epoch FROM ?::timestamptz - since) / 86400)::int || ':' || version
                FROM accesslog.recipient ORDER BY record""", String.class, now.toString()))
                .as("within a month nothing is written; the version is the first")
                .containsExactly("20:1", "0:1", "60:1");
    }

    @Test
    void aNoticeIsThereBeforeTheEndOfItsPeriodAndGoneAfterOnceItWasAcknowledged() {
        owner.update("INSERT INTO accesslog.feed (agency, last, acknowledged) VALUES ('a', 4, 3)");
        owner.update("""
                INSERT INTO accesslog.notice (agency, number, event, sealed, seal_key, at)
                SELECT 'a', n, int8send(n), 'x', 1, ?::timestamptz - make_interval(days => d)
                FROM unnest(ARRAY[1, 2, 3, 4]::bigint[], ARRAY[420, 400, 350, 500]) AS r (n, d)""", now.toString());
        String left = "SELECT string_agg(number::text, ' ' ORDER BY number) FROM accesslog.notice";
        try (RetentionJob job = job(null)) {
            moveTo(421);
            job.round();
            assertThat(owner.queryForObject(left, String.class)).isEqualTo("1 2 3 4");
            moveTo(419);
            job.round();
            assertThat(owner.queryForObject(left, String.class)).isEqualTo("2 3 4");
            moveTo(370);
            job.round();
            assertThat(owner.queryForObject(left, String.class))
                    .as("nobody acknowledged 4")
                    .isEqualTo("3 4");
            owner.update("UPDATE accesslog.feed SET acknowledged = 4");
            moveTo(100);
            job.round();
            assertThat(owner.queryForObject(left, String.class))
                    .as("the database keeps a year")
                    .isEqualTo("3 4");
            moveTo(370);
            job.round();
            assertThat(owner.queryForObject(left, String.class)).isEqualTo("3");
        }
    }

    @Test
    void aCaseIsThereBeforeTheEndOfItsPeriodAndGoneAfterUnlessSomethingIsToBeTold() {
        owner.update("""
                INSERT INTO accesslog.agency_case
                    (id, key, agency, person, sealed, seal_key, after, up_to, until, closed_at)
                SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, int4send(n), 'a', 'p', 'x', 1, 1,
                    CASE WHEN closed IS NULL THEN NULL ELSE 2 END, ?::timestamptz + make_interval(days => ends),
                    ?::timestamptz + make_interval(days => closed)
                FROM unnest(ARRAY[1, 2, 3, 4], ARRAY[200, -50, 200, -50], ARRAY[-50, NULL, NULL, NULL]) AS c (n, ends, closed)
                """, now.toString(), now.toString());
        owner.update("INSERT INTO accesslog.case_stream SELECT id, 's' FROM accesslog.agency_case");
        owner.update("""
                INSERT INTO accesslog.case_news (case_id, event, sealed, seal_key)
                SELECT id, 'e', 'x', 1 FROM accesslog.agency_case WHERE key = int4send(4)""");
        try (RetentionJob job = job(null)) {
            ahead = Duration.ofDays(39);
            job.round();
            assertThat(count("agency_case")).isEqualTo(4);
            ahead = Duration.ofDays(41);
            job.round();
            assertThat(count("agency_case")).as("open, or to be told").isEqualTo(2);
            assertThat(count("case_stream")).isEqualTo(2);
            owner.update("DELETE FROM accesslog.case_news");
            job.round();
            assertThat(count("agency_case")).isEqualTo(1);
            ahead = Duration.ofDays(400);
            job.round();
            assertThat(count("agency_case"))
                    .as("whatever the program says the time is")
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM accesslog.recipient",
                "SELECT agency FROM accesslog.notice",
                "DELETE FROM accesslog.entry",
                "TRUNCATE accesslog.entry",
                "SELECT id FROM accesslog.entry",
                "DELETE FROM accesslog.leaf",
                "INSERT INTO accesslog.expiry (horizon, before, removed) VALUES (9, now(), 0)",
                "SELECT accesslog.take_quota(gen_random_uuid(), 1, 1)"
            })
    void theRoleThatTakesRowsAwayCanDoNothingElse(String sql) throws SQLException {
        try (Connection connection = retention.getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }
}
