package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Mandate.Question;
import eu.diplomatics.qualification.Mandate.Quota;
import eu.diplomatics.query.RunningQuery.Answer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R36: who tries numbers is stopped by the quota of its mandate and shows by how few it finds. */
class QuotaTest {
    private static QueryFixture fixture;
    private static RunningQuery query;

    private final String agency = "agency-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        fixture = new QueryFixture();
        query = fixture.start();
    }

    @AfterAll
    static void stop() {
        query.close();
        fixture.close();
    }

    private String[] asking() {
        String[] headers = RunningQuery.agency();
        headers[1] = "agency:" + agency;
        return headers;
    }

    private Answer consult() {
        return query.post(
                "/v1/consultations", "{\"insz\":\"" + Deliveries.person().digits() + "\"}", asking());
    }

    private Answer batch(int size) {
        String numbers = IntStream.range(0, size)
                .mapToObj(i -> '"' + Deliveries.person().digits() + '"')
                .collect(Collectors.joining(","));
        return query.post("/v1/consultations/batch", "{\"insz\":[" + numbers + "]}", asking());
    }

    /** Seen once the agency is asked for a purpose it has no mandate for. */
    private void grant(int perMinute, int perDay) {
        fixture.registry()
                .grant(Examples.mandate(
                        agency,
                        "job-mediation",
                        List.of(Question.CONSULT, Question.BATCH),
                        new Quota(perMinute, perDay),
                        "basis"));
        String[] other = asking();
        other[3] = "other";
        Deliveries.eventually()
                .until(() -> query.post("/v1/consultations", "{\"insz\":\"1\"}", other)
                        .code()
                        .equals("NO_MANDATE"));
    }

    private static void assertExceeded(Answer answer, int atMostSeconds) {
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.code()).isEqualTo("QUOTA_EXCEEDED");
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(1, atMostSeconds);
        assertThat(LoggedRows.newest(fixture).path("outcome").asString()).isEqualTo("QUOTA_EXCEEDED");
    }

    @Test
    void ofAMinuteIsHeldAndSaysWhenToComeAgain() {
        grant(2, 1_000);
        // of five within a minute's time three fall into one minute of the clock
        Answer refused = IntStream.range(0, 5)
                .mapToObj(i -> consult())
                .filter(answer -> answer.status() != 200)
                .findFirst()
                .orElseThrow();
        assertExceeded(refused, 61);
    }

    @Test
    void ofADayOutlivesARestartAndBeginsAnewTheNextDay() {
        grant(1_000, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(consult().status()).isEqualTo(200);
        }
        assertExceeded(consult(), 86_401);
        query.close();
        query = fixture.start();
        assertExceeded(consult(), 86_401);
        fixture.tamper(Database.ACCESSLOG, "UPDATE accesslog.quota_used SET day = day - 1");
        assertThat(consult().status()).isEqualTo(200);
    }

    @Test
    void countsEachPersonOfABatchAndRefusesOneThatGoesBeyondAsAWhole() {
        grant(1_000, 5);
        assertThat(batch(3).status()).isEqualTo(200);
        assertExceeded(batch(3), 86_401);
        assertThat(batch(2).status()).isEqualTo(200);
        assertExceeded(consult(), 86_401);
    }

    @Test
    void findingNobodyTimeAndAgainRaisesAnAlarmWithoutAWordAboutWhom() {
        grant(10_000, 10_000);
        assertThat(batch(120).status()).isEqualTo(200);
        assertThat(query.get("/actuator/health")
                        .json()
                        .at("/components/enumeration/status")
                        .asString())
                .isEqualTo("DEGRADED");
        assertThat(query.get("/actuator/metrics/diplomatics.mandates.enumeration")
                        .json()
                        .at("/measurements/0/value")
                        .asDouble())
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE accesslog.quota_used SET used = 0",
                "DELETE FROM accesslog.quota_used",
                "INSERT INTO accesslog.quota_used VALUES (gen_random_uuid(), '2020-01-01', 0)",
                "SELECT used FROM accesslog.quota_used"
            })
    void theWriterCanChangeNoCount(String statement) throws SQLException {
        Login writer = fixture.database(Database.ACCESSLOG).role("writer");
        try (Connection connection = DriverManager.getConnection(
                        fixture.database(Database.ACCESSLOG).url(), writer.username(), writer.password());
                Statement each = connection.createStatement()) {
            assertThatThrownBy(() -> each.execute(statement))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
            assertThatThrownBy(() -> each.execute("SELECT accesslog.take_quota(gen_random_uuid(), -1, 5)"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22023"));
        }
    }
}
