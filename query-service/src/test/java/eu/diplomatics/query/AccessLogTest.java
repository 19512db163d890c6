package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.awaitSame;
import static eu.diplomatics.query.Deliveries.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R05, R07, R09, L04, L08: what is answered was logged before, sealed, by a role that can do nothing else. */
class AccessLogTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass("diplomatics.accesslog.onlookers.many=4");

    private static final Insz insz = Examples.insz(500);
    private static Registered registered;

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();

    @BeforeAll
    static void register() {
        registered = service.fixture().registry().register(insz);
        service.fixture().relay().publishAll();
        awaitSame(service.fixture());
    }

    private record Row(UUID id, byte[] subject, byte[] sealed, int sealKey) {}

    private Connection connect(String role) throws SQLException {
        Login login = fixture.database(Database.ACCESSLOG).role(role);
        return DriverManager.getConnection(
                fixture.database(Database.ACCESSLOG).url(), login.username(), login.password());
    }

    private Row newest() throws SQLException {
        try (Connection connection = connect("reader");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT id, subject, sealed, seal_key FROM accesslog.entry ORDER BY at DESC LIMIT 1")) {
            row.next();
            return new Row(row.getObject(1, UUID.class), row.getBytes(2), row.getBytes(3), row.getInt(4));
        }
    }

    private JsonNode opened(Row row) {
        return JsonMapper.shared()
                .readTree(new AccessSeal(fixture.keyring()).open(row.id(), row.sealKey(), row.subject(), row.sealed()));
    }

    private long rows() {
        return fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.entry");
    }

    @Test
    void aHitIsLoggedWithWhoWhyAndWhatWasAnsweredAndNothingOfItIsReadable() throws SQLException {
        Answer answer = query.consult(insz.digits());
        Row row = newest();
        assertThat(row.id().toString())
                .isEqualTo(answer.json().path("accessLogId").asString());
        JsonNode details = opened(row);
        assertThat(details.path("caller").asString()).isEqualTo("AGENCY:VDAB");
        assertThat(details.path("purpose").asString()).isEqualTo("job-mediation");
        assertThat(details.path("case").asString()).isEqualTo("case 2026/17");
        assertThat(details.path("endUser").asString()).isEqualTo("u-4711");
        assertThat(details.path("operation").asString()).isEqualTo("CONSULT");
        assertThat(details.path("outcome").asString()).isEqualTo("FOUND");
        assertThat(details.path("disclosed").path(0).path("reference").asString())
                .isEqualTo(registered.reference().toString());
        assertThat(new String(row.sealed(), StandardCharsets.ISO_8859_1)).doesNotContain("VDAB", "job-mediation");
        assertThatThrownBy(
                        () -> new AccessSeal(fixture.keyring()).open(UUID.randomUUID(), 1, row.subject(), row.sealed()))
                .isInstanceOf(EnvelopeException.class);
    }

    /** Abuse case 19. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void manyWhoAskAboutOnePersonRaiseAnAlarmThatNamesARowAndNobody(CapturedOutput output) {
        String famous = Examples.insz(55_556).digits();
        String last = "";
        for (int i = 0; i < 4; i++) {
            assertThat(output.getAll()).doesNotContain("ALARM ONLOOKERS");
            String[] headers = RunningQuery.agency();
            headers[7] = "onlooker-" + i;
            last = query.post("/v1/consultations", "{\"insz\":\"" + famous + "\"}", headers)
                    .json()
                    .path("accessLogId")
                    .asString();
        }
        assertThat(output.getAll()).contains("ALARM ONLOOKERS", last).doesNotContain(famous, "onlooker-");
        JsonNode health = query.get("/actuator/health").json();
        assertThat(health.at("/components/onlookers/status").asString()).isEqualTo("DEGRADED");
    }

    @Test
    void aSearchWithoutHitIsLoggedUnderTheSamePseudonymEachTime() throws SQLException {
        String nobody = Examples.insz(55_555).digits();
        query.consult(nobody);
        Row first = newest();
        query.consult(nobody);
        Row second = newest();
        assertThat(opened(first).path("outcome").asString()).isEqualTo("NOT_FOUND");
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(second.subject()).isEqualTo(first.subject()).isNotEmpty();
        query.consult(insz.digits());
        assertThat(newest().subject()).isNotEqualTo(first.subject());
    }

    @Test
    void aReadByReferenceAndAHistoryAreLoggedUnderTheHoldersPseudonym() throws SQLException {
        query.read("/v1/qualifications/" + registered.reference());
        Row read = newest();
        query.read("/v1/qualifications/" + registered.reference() + "/history");
        Row history = newest();
        assertThat(read.subject())
                .isEqualTo(new AccessSeal(fixture.keyring()).subjectOf(registered.holder()))
                .isEqualTo(history.subject());
        assertThat(opened(history).path("operation").asString()).isEqualTo("HISTORY");
    }

    private byte[] pseudonym(Insz number) throws SQLException {
        query.consult(number.digits());
        return newest().subject();
    }

    @Test
    void aRefusalSaysWhichCitizenAskedAboutWhomByPseudonyms() throws SQLException {
        Insz curious = Examples.insz(501);
        String who = "CITIZEN:" + HexFormat.of().formatHex(pseudonym(curious));
        byte[] holder = new AccessSeal(fixture.keyring()).subjectOf(registered.holder());
        String[] citizen = RunningQuery.agency();
        citizen[1] = "citizen:" + curious.digits();
        byte[] asked = pseudonym(insz);

        query.post("/v1/consultations", "{\"insz\":\"" + insz.digits() + "\"}", citizen);
        assertRefused("NOT_ALLOWED", who, asked);
        query.get("/v1/qualifications/" + registered.reference(), citizen);
        assertRefused("UNKNOWN_REFERENCE", who, holder);
        query.get("/v1/qualifications/" + registered.reference() + "/history", citizen);
        assertRefused("UNKNOWN_REFERENCE", who, holder);
        query.post("/v1/consultations/batch", "{\"insz\":[\"" + insz.digits() + "\"]}", citizen);
        assertThat(opened(newest()).path("caller").asString()).isEqualTo(who);
        query.post("/v1/consultations", "{\"insz\":\"" + insz.digits() + "\"}", "X-Caller", citizen[1]);
        assertRefused("PURPOSE_REQUIRED", who, asked);
    }

    private void assertRefused(String outcome, String who, byte[] subject) throws SQLException {
        Row row = newest();
        assertThat(opened(row).path("outcome").asString()).isEqualTo(outcome);
        assertThat(opened(row).path("caller").asString()).isEqualTo(who);
        assertThat(row.subject()).isEqualTo(subject);
    }

    @ParameterizedTest
    @ValueSource(strings = {"agency:VDAB", "citizen:", "supplier:KUL", "controller:led"})
    void nobodyIsAnsweredWithoutSayingWhy(String caller) {
        String said = caller.endsWith(":") ? caller + insz.digits() : caller;
        Answer answer = query.post("/v1/consultations", "{\"insz\":\"" + insz.digits() + "\"}", "X-Caller", said);
        assertThat(answer.code()).isEqualTo("PURPOSE_REQUIRED");
        assertThat(query.get("/v1/qualifications/" + registered.reference(), "X-Caller", said)
                        .code())
                .isEqualTo("PURPOSE_REQUIRED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Purpose", "X-Case", "X-End-User"})
    void withoutPurposeCaseAndEndUserNothingIsDisclosedAndTheRefusalIsLogged(String missing) throws SQLException {
        String[] headers = RunningQuery.agency();
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i].equals(missing)) {
                headers[i] = "X-Other";
            }
        }
        for (Answer answer : new Answer[] {
            query.post("/v1/consultations", "{\"insz\":\"" + insz.digits() + "\"}", headers),
            query.post("/v1/consultations/batch", "{\"insz\":[\"" + insz.digits() + "\"]}", headers),
            query.get("/v1/qualifications/" + registered.reference(), headers),
            query.get("/v1/qualifications/" + registered.reference() + "/history", headers)
        }) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("PURPOSE_REQUIRED");
            assertThat(answer.response().body())
                    .doesNotContain(registered.reference().toString(), insz.digits());
            assertThat(opened(newest()).path("outcome").asString()).isEqualTo("PURPOSE_REQUIRED");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "x'; DROP TABLE entry", "ünïcode", ""})
    void aPurposeOutsideItsAlphabetIsNone(String purpose) {
        String[] headers = RunningQuery.agency();
        headers[3] = purpose.replaceAll("[^ -~]", "?");
        Answer answer = query.post("/v1/consultations", "{\"insz\":\"" + insz.digits() + "\"}", headers);
        assertThat(answer.code()).isEqualTo("PURPOSE_REQUIRED");
    }

    @Test
    void theRowIsDurableBeforeTheAnswerLeaves() throws SQLException {
        try (Connection holding = fixture.superuser(Database.ACCESSLOG)) {
            holding.setAutoCommit(false);
            try (Statement lock = holding.createStatement()) {
                lock.execute("LOCK TABLE accesslog.entry IN SHARE MODE");
            }
            long before = rows();
            CompletableFuture<Answer> asked = CompletableFuture.supplyAsync(() -> query.consult(insz.digits()));
            assertThat(waitingForTheLock()).isTrue();
            assertThat(asked).isNotDone();
            assertThat(rows()).isEqualTo(before);
            holding.rollback();
            assertThat(asked.join().status()).isEqualTo(200);
            assertThat(rows()).isEqualTo(before + 1);
        }
    }

    private boolean waitingForTheLock() {
        eventually()
                .until(() -> fixture.count(
                                Database.ACCESSLOG,
                                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                        + " AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO accesslog.entry%'")
                        > 0);
        return true;
    }

    @Test
    void whenTheLogDoesNotTakeTheRowThereIsNoAnswer() {
        fixture.tamper(
                Database.ACCESSLOG, "REVOKE INSERT (id, subject, sealed, seal_key) ON accesslog.entry FROM al_writer");
        try {
            for (Answer answer : new Answer[] {
                query.consult(insz.digits()),
                query.consult(Examples.insz(44_444).digits()),
                query.read("/v1/qualifications/" + registered.reference()),
                query.read("/v1/qualifications/" + registered.reference() + "/history"),
                query.post("/v1/consultations/batch", "{\"insz\":[\"" + insz.digits() + "\"]}", RunningQuery.agency())
            }) {
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.code()).isEqualTo("LOG_UNAVAILABLE");
                assertThat(answer.header("Retry-After")).isNotEmpty();
                assertThat(answer.response().body())
                        .doesNotContain(registered.reference().toString(), insz.digits(), "Sociologie", "FOUND");
            }
        } finally {
            fixture.tamper(
                    Database.ACCESSLOG, "GRANT INSERT (id, subject, sealed, seal_key) ON accesslog.entry TO al_writer");
        }
        assertThat(query.consult(insz.digits()).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE accesslog.entry SET sealed = '\\x00'",
                "DELETE FROM accesslog.entry",
                "TRUNCATE accesslog.entry",
                "SELECT count(*) FROM accesslog.entry",
                "INSERT INTO accesslog.entry (id, at, sealed) VALUES (gen_random_uuid(), '2020-01-01', '\\x00')",
                "ALTER TABLE accesslog.entry ALTER COLUMN at SET DEFAULT '2020-01-01'",
                "DROP TABLE accesslog.entry",
                "CREATE TABLE accesslog.other (id int)"
            })
    void theWriterCanDoNothingButInsertARowWithoutChoosingItsTime(String forbidden) throws SQLException {
        try (Connection connection = connect("writer");
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(forbidden))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO accesslog.entry (id, sealed) VALUES (gen_random_uuid(), '\\x00')",
                "UPDATE accesslog.entry SET subject = NULL",
                "DELETE FROM accesslog.entry"
            })
    void theReaderOnlyReads(String forbidden) throws SQLException {
        try (Connection connection = connect("reader");
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(forbidden))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }
}
