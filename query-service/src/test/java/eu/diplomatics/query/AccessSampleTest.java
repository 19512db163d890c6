package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.query.RunningQuery.Answer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** R06, abuse case 20: controller and data-protection officer draw cases by chance to hold against the agency's files. */
class AccessSampleTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private static final String SAMPLE = "/v1/access-log/sample";

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();
    private final String agency = "agency-" + UUID.randomUUID();
    private final Instant begun = Instant.now().minus(1, ChronoUnit.HOURS);

    private static String[] as(String caller, String purpose, String caseReference) {
        return new String[] {"X-Caller", caller, "X-Purpose", purpose, "X-Case", caseReference, "X-End-User", "u-1"};
    }

    private Set<String> consulted(int times, String purpose) {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < times; i++) {
            Answer answer = query.post(
                    "/v1/consultations",
                    "{\"insz\":\"" + Deliveries.person().digits() + "\"}",
                    as("agency:" + agency, purpose, "case " + i));
            ids.add(answer.json().path("accessLogId").asString());
        }
        return ids;
    }

    private Answer draw(String caller, String more) {
        String body = "{\"from\":\"%s\",\"until\":\"%s\"%s}"
                .formatted(begun, Instant.now().plus(1, ChronoUnit.HOURS), more);
        return query.post(SAMPLE, body, as(caller, "supervision", "check 9"));
    }

    private String ours() {
        return ",\"agency\":\"" + agency + "\"";
    }

    private static List<String> ids(Answer answer) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        answer.json()
                .path("accesses")
                .forEach(access -> ids.add(access.path("id").asString()));
        return ids;
    }

    @ParameterizedTest
    @ValueSource(strings = {"controller:led", "dpo:led"})
    void someAreDrawnEachOnceWithTheCaseThatWasStated(String caller) {
        Set<String> all = consulted(8, "job-mediation");
        Answer answer = draw(caller, ours() + ",\"size\":3");
        assertThat(ids(answer)).hasSize(3).doesNotHaveDuplicates().isSubsetOf(all);
        assertThat(answer.json().path("of").asLong()).isEqualTo(8);
        assertThat(answer.json().has("next")).isFalse();
        for (JsonNode access : answer.json().path("accesses")) {
            JsonNode details = access.path("details");
            assertThat(details.path("caller").asString()).isEqualTo("AGENCY:" + agency);
            assertThat(details.path("case").asString()).matches("case [0-7]");
            assertThat(details.path("endUser").asString()).isEqualTo("u-1");
            assertThat(access.path("subject").asString()).matches("[0-9a-f]+");
        }
    }

    @Test
    void whereThereAreFewerAllAreDrawnTheNewestFirst() {
        Set<String> all = consulted(4, "job-mediation");
        Answer answer = draw("controller:led", ours());
        assertThat(ids(answer)).containsExactlyInAnyOrderElementsOf(all);
        List<String> times = new ArrayList<>();
        answer.json()
                .path("accesses")
                .forEach(access -> times.add(access.path("at").asString()));
        assertThat(times.stream().map(Instant::parse)).isSortedAccordingTo((a, b) -> b.compareTo(a));
    }

    @Test
    void onlyAgenciesAreDrawnAndOnlyForThePurposeLookedFor() {
        consulted(2, "job-mediation");
        Set<String> others = consulted(2, "benefits");
        assertThat(ids(draw("dpo:led", ours() + ",\"purpose\":\"benefits\"")))
                .containsExactlyInAnyOrderElementsOf(others);
        draw("dpo:led", "");
        for (JsonNode access : draw("dpo:led", ",\"size\":200").json().path("accesses")) {
            assertThat(access.at("/details/caller").asString()).startsWith("AGENCY:");
        }
    }

    @Test
    void drawingIsLoggedWithHowManyAndSoIsARefusal() {
        consulted(2, "job-mediation");
        draw("controller:led", ours() + ",\"size\":1");
        JsonNode row = LoggedRows.newest(fixture);
        assertThat(row.path("operation").asString()).isEqualTo("ACCESS_SAMPLE");
        assertThat(row.path("question").asString()).contains("agency=" + agency).endsWith("drawn=1 of=2");
        for (String caller : List.of("agency:" + agency, "supplier:kuleuven", "auditor:rekenhof")) {
            Answer refused = draw(caller, "");
            assertThat(refused.code()).isEqualTo("NOT_ALLOWED");
            assertThat(refused.status()).isEqualTo(403);
            assertThat(LoggedRows.newest(fixture).path("outcome").asString()).isEqualTo("NOT_ALLOWED");
        }
    }

    @Test
    void aRowThatSomebodyChangedIsDrawnLikeAnyOther() {
        String id = consulted(1, "job-mediation").iterator().next();
        change(id);
        try {
            Answer answer = draw("dpo:led", ",\"size\":200");
            assertThat(ids(answer)).contains(id);
            answer.json()
                    .path("accesses")
                    .forEach(access -> assertThat(access.has("details"))
                            .isEqualTo(!access.path("id").asString().equals(id)));
        } finally {
            change(id);
        }
    }

    /** Once more, and it is as it was. */
    private void change(String id) {
        fixture.tamper(
                Database.ACCESSLOG,
                "UPDATE accesslog.entry SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) WHERE id = '" + id
                        + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 422 | FIELD_REQUIRED | /from",
                "{\"from\":\"2026-01-01T00:00:00Z\"} | 422 | FIELD_REQUIRED | /until",
                "{\"from\":\"2026-01-01T00:00:00Z\",\"until\":\"2026-03-01T00:00:00Z\"} | 400 | MALFORMED | /until",
                "{\"from\":\"2026-01-01T00:00:00Z\",\"until\":\"2026-01-02T00:00:00Z\",\"size\":0} | 400 | MALFORMED | /size",
                "{\"from\":\"2026-01-01T00:00:00Z\",\"until\":\"2026-01-02T00:00:00Z\",\"size\":201} | 400 | MALFORMED | /size",
                "{\"insz\":\"1\"} | 400 | UNKNOWN_FIELD | /insz"
            })
    void whatCannotBeDrawnFromIsRefused(String body, int status, String code, String place) {
        Answer answer = query.post(SAMPLE, body, as("dpo:led", "supervision", "check 9"));
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().at("/errors/0/pointer").asString()).isIn(place, "");
    }
}
