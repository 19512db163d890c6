package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.sealing.AccessLeaves;
import eu.diplomatics.sealing.AuditFinding;
import eu.diplomatics.sealing.AuditFinding.Code;
import eu.diplomatics.sealing.LogAudit;
import eu.diplomatics.sealing.SealMemory;
import eu.diplomatics.transparency.VerifierKey;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import tools.jackson.databind.JsonNode;

/** R06, R27: rows that retention took leave a log that verifies; others that are gone are found. */
class AccessLogRetentionTest {
    private static final String EXPIRE = "SELECT o_removed FROM accesslog.expire(0, now() - interval '400 days', 100)";

    /** For a superuser: no trigger keeps from it. */
    private static final String ANYTHING = "SET session_replication_role = replica; ";

    private static final String LONG_AGO = " SET %s = now() - interval '410 days' WHERE size <= 2";

    private static long expire(QueryFixture fixture) throws SQLException {
        try (var connection = source(fixture, Database.ACCESSLOG, "retention").getConnection();
                var rows = connection.createStatement().executeQuery(EXPIRE)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static DataSource source(QueryFixture fixture, Database database, String role) {
        Login login = fixture.database(database).role(role);
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(fixture.database(database).url());
        source.setUser(login.username());
        source.setPassword(login.password());
        return source;
    }

    private static List<AuditFinding> audit(QueryFixture fixture, VerifierKey key, AccessLeaves leaves)
            throws SQLException {
        return new LogAudit(
                        source(fixture, Database.ACCESSLOG, "reader"),
                        leaves,
                        Optional.of(new SealMemory(source(fixture, Database.KEYRING, "query"))),
                        List.of(key),
                        List.of(),
                        InstantSource.system(),
                        Duration.ofMinutes(2))
                .run()
                .findings();
    }

    private static void awaitSealed(RunningQuery query, int rows) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> query.get("/actuator/health/accessLogSealed")
                                .json()
                                .at("/details/size")
                                .asInt()
                        == rows);
    }

    @Test
    void anAuditTellsRowsThatHadToGoFromOthers() throws Exception {
        try (QueryFixture fixture = new QueryFixture();
                RunningQuery query = fixture.start("diplomatics.transparency.interval=200ms")) {
            fixture.tamper(Database.ACCESSLOG, """
                    INSERT INTO accesslog.entry (id, at, sealed)
                    SELECT gen_random_uuid(), now() - interval '410 days', 'x' FROM generate_series(1, 2)""");
            awaitSealed(query, 2);
            assertThat(query.consult(Examples.insz(720).digits()).status()).isEqualTo(200);
            awaitSealed(query, 3);
            VerifierKey key = VerifierKey.parse(
                    query.get("/actuator/accesslog").json().path("key").asString());
            assertThat(audit(fixture, key, new AccessLeaves())).isEmpty();

            assertThat(expire(fixture)).as("sealed just now").isZero();
            fixture.tamper(
                    Database.ACCESSLOG, ANYTHING + "UPDATE accesslog.checkpoint" + LONG_AGO.formatted("sealed_at"));
            assertThat(expire(fixture)).isEqualTo(2);
            assertThat(audit(fixture, key, new AccessLeaves()))
                    .as("the other provider heard of them just now")
                    .extracting(AuditFinding::code, AuditFinding::position)
                    .containsExactly(tuple(Code.LEAF_CHANGED, 1L), tuple(Code.LEAF_CHANGED, 2L));
            fixture.tamper(
                    Database.KEYRING, ANYTHING + "UPDATE keyring.sealed_head" + LONG_AGO.formatted("remembered_at"));
            assertThat(audit(fixture, key, new AccessLeaves())).isEmpty();
            assertThat(audit(fixture, key, new AccessLeaves(Duration.ofDays(500), InstantSource.system())))
                    .as("for whom they had to be kept longer")
                    .extracting(AuditFinding::code, AuditFinding::position)
                    .containsExactly(tuple(Code.LEAF_CHANGED, 1L), tuple(Code.LEAF_CHANGED, 2L));

            assertThat(query.consult(Examples.insz(721).digits()).status()).isEqualTo(200);
            awaitSealed(query, 4);
            JsonNode health = query.get("/actuator/health").json();
            assertThat(health.at("/components/accessLogSealed/status").asString())
                    .isEqualTo("UP");
            assertThat(health.at("/components/retention/details/access-log/period")
                            .asString())
                    .isEqualTo("PT87672H");

            // a row taken away by somebody who also says that it had to go, and that it was old
            fixture.tamper(
                    Database.ACCESSLOG,
                    "DELETE FROM accesslog.entry WHERE id = (SELECT entry FROM accesslog.leaf WHERE position = 3)");
            fixture.tamper(
                    Database.ACCESSLOG, "INSERT INTO accesslog.expiry (horizon, before, removed) VALUES (3, now(), 1)");
            assertThat(audit(fixture, key, new AccessLeaves()))
                    .extracting(AuditFinding::code, AuditFinding::position)
                    .containsExactly(tuple(Code.LEAF_CHANGED, 3L));
            fixture.tamper(
                    Database.ACCESSLOG,
                    ANYTHING + "UPDATE accesslog.leaf SET at = now() - interval '410 days' WHERE position = 3");
            assertThat(audit(fixture, key, new AccessLeaves()))
                    .extracting(AuditFinding::code, AuditFinding::position)
                    .containsExactly(tuple(Code.LEAF_CHANGED, 3L));
        }
    }

    @Test
    void aPeriodThatIsTooShortIsRefusedAtStart() {
        try (QueryFixture fixture = new QueryFixture()) {
            assertThatThrownBy(() -> fixture.start("diplomatics.retention.access-log=30d"))
                    .hasRootCauseInstanceOf(IllegalArgumentException.class)
                    .hasStackTraceContaining("diplomatics.retention.access-log is from 365d to 10957d");
        }
    }
}
