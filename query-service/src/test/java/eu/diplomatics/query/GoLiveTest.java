package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.query.RunningQuery.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import tools.jackson.databind.JsonNode;

/** R33: nobody asks about real people before every condition holds; the question itself leaves nothing behind. */
class GoLiveTest {
    /** As real as a number of nobody can be: the first of those born on an unknown day of 1900. */
    private static final String REAL = "00000000196";

    private static QueryFixture fixture;
    private static RunningQuery query;

    @BeforeAll
    static void start() {
        fixture = new QueryFixture();
        fixture.registry().grant(Examples.mandate("VDAB", "job-mediation", "basis"));
        query = fixture.startForRealPeople(true);
        Deliveries.eventually().until(() -> !red().contains("not-checked"));
    }

    @AfterAll
    static void stop() {
        query.close();
        fixture.close();
    }

    private static String red() {
        return query.get("/actuator/health")
                .json()
                .at("/components/goLive/details/red")
                .toString();
    }

    /** How many pseudonyms the custodian was asked for. */
    private static long indexed() throws IOException {
        try (Stream<Path> files = Files.walk(fixture.directory().resolve("audit"))) {
            long calls = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                calls += Files.readString(file)
                        .lines()
                        .filter(line -> line.contains("\"INDEX\""))
                        .count();
            }
            return calls;
        }
    }

    private static long rowsAboutSomebody() {
        return fixture.count(
                Database.ACCESSLOG,
                "SELECT count(*) FROM accesslog.entry WHERE subject IS NOT NULL AND length(subject) > 0");
    }

    @Test
    void aRealNumberIsRefusedByNameOfWhatIsMissingAndIsNotEvenTurnedIntoAPseudonym() throws IOException {
        long asked = indexed();
        long rows = rowsAboutSomebody();
        Answer answer = query.consult(REAL);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.code()).isEqualTo("GO_LIVE_BLOCKED");
        assertThat(answer.json().toString())
                .contains("custodian-hardware", "drill")
                .doesNotContain(REAL);
        assertThat(indexed()).isEqualTo(asked);
        assertThat(rowsAboutSomebody()).isEqualTo(rows);
    }

    @Test
    void aCitizenWithARealNumberIsRefusedWithoutAPseudonymToo() throws IOException {
        long asked = indexed();
        String[] citizen = RunningQuery.agency();
        citizen[1] = "citizen:" + REAL;
        Answer answer = query.post("/v1/consultations", "{\"insz\":\"" + REAL + "\"}", citizen);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.code()).isEqualTo("GO_LIVE_BLOCKED");
        assertThat(indexed()).isEqualTo(asked);
    }

    @Test
    void inABatchEachRealNumberIsRefusedAlone() {
        String test = Examples.insz(7).digits();
        Answer answer = query.post(
                "/v1/consultations/batch", "{\"insz\":[\"" + REAL + "\",\"" + test + "\"]}", RunningQuery.agency());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/answers/0/code").asString()).isEqualTo("GO_LIVE_BLOCKED");
        assertThat(answer.json().at("/answers/1/status").asString()).isEqualTo("NOT_FOUND");
    }

    @Test
    void testPersonsAreAskedAboutAsEver() {
        assertThat(query.consult(Examples.insz(7).digits()).status()).isEqualTo(200);
    }

    @Test
    void theControllerSeesEachConditionAndNobodyElseDoes() {
        Answer answer = query.get("/v1/readiness", "X-Caller", "controller:led");
        assertThat(answer.status()).isEqualTo(200);
        Map<String, String> states = new HashMap<>();
        for (JsonNode condition : answer.json().path("conditions")) {
            states.put(condition.path("id").asString(), condition.path("state").asString());
        }
        assertThat(states)
                .containsEntry("zones", "GREEN")
                .containsEntry("profile", "GREEN")
                .containsEntry("database-roles", "GREEN")
                .containsEntry("database-durability", "GREEN")
                .containsEntry("database-tls", "RED")
                .containsEntry("custodian-hardware", "RED")
                .containsEntry("keyring-apart", "RED")
                .containsEntry("callers-tls", "RED")
                .containsEntry("kafka-tls", "RED")
                .containsEntry("log-copy", "RED");
        assertThat(query.get("/v1/readiness", "X-Caller", "agency:VDAB").status())
                .isEqualTo(403);
        Deliveries.eventually()
                .until(() -> query.get("/actuator/health/readiness").status() == 200);
    }

    @Test
    void nothingStartsOutsideTheAllowedCountries() {
        Map<String, Object> settings = new HashMap<>(fixture.settings());
        settings.putAll(QueryFixture.zones());
        settings.put("spring.profiles.active", "strict");
        settings.put("diplomatics.zones.a.parent", "US");
        assertThatThrownBy(() -> new SpringApplicationBuilder(QueryApplication.class)
                        .properties(settings)
                        .run("--server.port=0"))
                .hasStackTraceContaining("zone a is controlled from US, which is not allowed");
    }

    @Test
    void nothingStartsWithARoleThatIsStrongerThanDocumented() {
        fixture.tamper(Database.QUERY, "GRANT UPDATE ON projection.event TO qs_reader");
        try {
            assertThatThrownBy(() -> fixture.startForRealPeople(true))
                    .hasStackTraceContaining("qs_reader: table projection.event UPDATE");
        } finally {
            fixture.tamper(Database.QUERY, "REVOKE UPDATE ON projection.event FROM qs_reader");
        }
    }

    @Test
    void noSampleMandateStandsInForMissingOnesHere() {
        assertThatThrownBy(() -> fixture.startForRealPeople(true, "diplomatics.mandates.default=true"))
                .hasStackTraceContaining("diplomatics.mandates.default gives every agency everything");
        String[] other = RunningQuery.agency();
        other[1] = "agency:unknown";
        assertThat(query.post(
                                "/v1/consultations",
                                "{\"insz\":\"" + Examples.insz(7).digits() + "\"}",
                                other)
                        .code())
                .isEqualTo("NO_MANDATE");
    }
}
