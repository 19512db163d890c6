package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.sealing.AccessLeaves;
import eu.diplomatics.sealing.AuditFinding;
import eu.diplomatics.sealing.AuditFinding.Code;
import eu.diplomatics.sealing.LogAudit;
import eu.diplomatics.sealing.SealMemory;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;
import tools.jackson.databind.JsonNode;

/** R06: who asked what is sealed in a tree of its own: a row that is changed or gone is found. */
class AccessLogTreeTest {
    private static final int ROWS = 6;

    private static QueryFixture fixture;
    private static RunningQuery query;
    private static VerifierKey key;

    @BeforeAll
    static void ask() throws Exception {
        fixture = new QueryFixture();
        query = fixture.start(
                "diplomatics.transparency.interval=200ms", "diplomatics.transparency.name=registry.example");
        for (int i = 0; i < ROWS; i++) {
            Answer answer = query.consult(Examples.insz(700 + i).digits());
            assertThat(answer.status()).isEqualTo(200);
        }
        key = VerifierKey.parse(published().path("key").asString());
        await().atMost(Duration.ofSeconds(60)).until(() -> head().size() == ROWS);
    }

    @AfterAll
    static void close() throws Exception {
        query.close();
        fixture.close();
    }

    @Test
    void every_row_is_under_a_checkpoint_of_the_access_logs_own_origin_and_key() throws SQLException {
        assertThat(key.name()).isEqualTo("registry.example/access/1");
        assertThat(head().size()).isEqualTo(ROWS);
        assertThat(audit()).isEmpty();
        assertThat(query.get("/actuator/health/accessLogSealed")
                        .json()
                        .path("status")
                        .asString())
                .isEqualTo("UP");
    }

    /** R32: those who watch over it need not go to the machine. */
    @Test
    void those_who_watch_over_the_log_are_told_whether_its_seal_holds() throws Exception {
        JsonNode seal = seal();
        assertThat(seal.at("/tree/signature").asString()).isEqualTo("VALID");
        assertThat(seal.at("/tree/origin").asString()).isEqualTo(key.name());
        assertThat(seal.at("/tree/size").asLong()).isEqualTo(ROWS);
        assertThat(seal.at("/tree/keys/0").asString()).isEqualTo(key.text());
        assertThat(seal.at("/tree/checkpoint").asString())
                .isEqualTo(published().path("checkpoint").asString());
        assertThat(seal.at("/tree/overdue").asBoolean(true)).isFalse();
        assertThat(seal.at("/tree").has("halted")).isFalse();
        assertThat(seal.has("witness")).as("there is none here").isFalse();
        assertThat(seal.has("copy")).isFalse();

        fixture.tamper(
                Database.ACCESSLOG,
                "SET session_replication_role = replica; "
                        + "CREATE TABLE accesslog.kept_checkpoint AS SELECT * FROM accesslog.checkpoint; "
                        + "UPDATE accesslog.checkpoint SET root = sha256('another')");
        assertThat(seal().at("/tree/signature").asString()).isEqualTo("INVALID");
        fixture.tamper(
                Database.ACCESSLOG,
                "SET session_replication_role = replica; UPDATE accesslog.checkpoint c SET root = k.root "
                        + "FROM accesslog.kept_checkpoint k WHERE k.size = c.size");
        assertThat(seal().at("/tree/signature").asString()).isEqualTo("VALID");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> query.get("/actuator/health/accessLogSealed")
                        .json()
                        .path("status")
                        .asString()
                        .equals("UP"));
    }

    private static JsonNode seal() {
        Answer answer = query.get("/v1/access-log/seal", "X-Caller", "dpo:jan");
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void a_row_that_is_changed_or_gone_is_found_at_its_position() throws SQLException {
        String row = "(SELECT entry FROM accesslog.leaf WHERE position = 3)";
        assertFoundWhile(
                "UPDATE accesslog.entry SET sealed = set_byte(sealed, 100, get_byte(sealed, 100) # 1) WHERE id = "
                        + row,
                "UPDATE accesslog.entry SET sealed = set_byte(sealed, 100, get_byte(sealed, 100) # 1) WHERE id = "
                        + row);
        assertFoundWhile(
                "UPDATE accesslog.entry SET at = at - interval '1 day' WHERE id = " + row,
                "UPDATE accesslog.entry SET at = at + interval '1 day' WHERE id = " + row);
        fixture.tamper(
                Database.ACCESSLOG, "CREATE TABLE accesslog.kept AS SELECT * FROM accesslog.entry WHERE id = " + row);
        assertFoundWhile(
                "DELETE FROM accesslog.entry WHERE id = " + row,
                "INSERT INTO accesslog.entry SELECT * FROM accesslog.kept");
    }

    private static void assertFoundWhile(String tampering, String undoing) throws SQLException {
        fixture.tamper(Database.ACCESSLOG, tampering);
        assertThat(audit())
                .as(tampering)
                .extracting(AuditFinding::code, AuditFinding::position)
                .contains(tuple(Code.LEAF_CHANGED, 3L));
        fixture.tamper(Database.ACCESSLOG, undoing);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sealer | SELECT subject FROM accesslog.entry
            sealer | INSERT INTO accesslog.entry (id, sealed) VALUES (gen_random_uuid(), 'x')
            sealer | UPDATE accesslog.entry SET at = now()
            sealer | DELETE FROM accesslog.entry
            sealer | DELETE FROM accesslog.leaf
            sealer | UPDATE accesslog.tile SET hashes = hashes
            sealer | DELETE FROM accesslog.checkpoint
            writer | SELECT * FROM accesslog.unsealed
            writer | DELETE FROM accesslog.unsealed
            writer | INSERT INTO accesslog.leaf VALUES (1, gen_random_uuid(), now(), sha256('x'))
            reader | DELETE FROM accesslog.unsealed
            """)
    void a_role_can_do_its_part_only(String role, String sql) throws SQLException {
        try (Connection connection = source(Database.ACCESSLOG, role).getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    @Test
    void the_query_side_cannot_say_what_was_signed_of_the_event_log() throws SQLException {
        try (Connection connection = source(Database.KEYRING, "query").getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(
                            "SELECT keyring.remember_head('registry.example/events/1', 0, 1, sha256('x'))"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    private static JsonNode published() throws Exception {
        return query.get("/actuator/accesslog").json();
    }

    private static TreeHead head() {
        try {
            String note = published().path("checkpoint").asString("");
            return note.isEmpty()
                    ? TreeHead.EMPTY
                    : new CheckpointVerifier(key, List.of(), 0)
                            .verify(note.getBytes(StandardCharsets.UTF_8))
                            .head();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<AuditFinding> audit() throws SQLException {
        return new LogAudit(
                        source(Database.ACCESSLOG, "reader"),
                        new AccessLeaves(),
                        Optional.of(new SealMemory(source(Database.KEYRING, "query"))),
                        List.of(key),
                        List.of(),
                        InstantSource.system(),
                        Duration.ofMinutes(2))
                .run()
                .findings();
    }

    private static DataSource source(Database database, String role) {
        Login login = fixture.database(database).role(role);
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(fixture.database(database).url());
        source.setUser(login.username());
        source.setPassword(login.password());
        return source;
    }
}
