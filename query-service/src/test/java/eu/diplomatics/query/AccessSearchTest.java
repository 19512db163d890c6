package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Mandate;
import eu.diplomatics.qualification.Mandate.Disclosure;
import eu.diplomatics.qualification.Mandate.When;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** R06, R19: controller and data-protection officer see every row; others see counts or nothing; each look is logged. */
class AccessSearchTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private static final String SEARCH = "/v1/access-log/search";
    private static final String STATISTICS = "/v1/access-log/statistics";

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();
    private final String agency = "agency-" + UUID.randomUUID();
    private final Insz insz = Deliveries.person();

    private static String[] as(String caller, String purpose) {
        return new String[] {"X-Caller", caller, "X-Purpose", purpose, "X-Case", "complaint 7", "X-End-User", "u-1"};
    }

    private Answer search(String caller, String body) {
        return query.post(SEARCH, body, as(caller, "supervision"));
    }

    private Answer consult(Insz person, String purpose) {
        return query.post(
                "/v1/consultations", "{\"insz\":\"" + person.digits() + "\"}", as("agency:" + agency, purpose));
    }

    private List<JsonNode> found(Answer answer) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json().path("accesses").valueStream().toList();
    }

    private String about(Insz person) {
        return "{\"insz\":\"" + person.digits() + "\"}";
    }

    private static String within(String more) {
        return "{\"from\":\"%s\",\"until\":\"%s\"%s}"
                .formatted(
                        Instant.now().minus(1, ChronoUnit.HOURS), Instant.now().plus(1, ChronoUnit.HOURS), more);
    }

    @Nested
    class AboutAPerson {
        @Test
        void everythingIsThereAlsoWhatALawKeepsFromThem() {
            Registered registered = fixture.registry().register(insz);
            Mandate some = Examples.mandate(agency, "inquiry", "basis.degree");
            fixture.registry()
                    .grant(new Mandate(
                            some.agency(),
                            some.purpose(),
                            "Police Act, article 44/11",
                            some.questions(),
                            some.fields(),
                            some.sensitivity(),
                            some.quota(),
                            new Disclosure("Nothing.", When.WITHHELD, null, "Police Act, article 44/1"),
                            some.whyNeeded(),
                            some.whyNoYesNo(),
                            some.validFrom(),
                            null));
            fixture.relay().publishAll();
            Deliveries.awaitProjected(query, registered.place().position());
            Deliveries.eventually()
                    .until(() -> consult(Deliveries.person(), "other").status() == 403);
            consult(insz, "inquiry");
            query.get("/v1/qualifications/" + registered.reference(), as("agency:" + agency, "inquiry"));

            for (String caller : List.of("controller:led", "dpo:jan")) {
                List<JsonNode> rows = found(search(caller, about(insz)));
                List<JsonNode> theirs = rows.stream()
                        .filter(row -> row.at("/details/caller").asString().equals("AGENCY:" + agency))
                        .toList();
                assertThat(theirs).hasSize(2);
                assertThat(theirs).allSatisfy(row -> {
                    assertThat(row.path("personSees").asBoolean(true)).isFalse();
                    JsonNode details = row.path("details");
                    assertThat(details.path("case").asString()).isEqualTo("complaint 7");
                    assertThat(details.path("endUser").asString()).isEqualTo("u-1");
                    assertThat(details.at("/mandate/legalBasis").asString()).isEqualTo("Police Act, article 44/11");
                    assertThat(details.at("/mandate/citizen/when").asString()).isEqualTo("WITHHELD");
                    assertThat(details.at("/mandate/citizen/withheldBy").asString())
                            .isEqualTo("Police Act, article 44/1");
                    assertThat(details.at("/disclosed/0/reference").asString())
                            .isEqualTo(registered.reference().toString());
                });
            }
        }

        /** R29: whoever has X-Road's log finds the same message here. */
        @Test
        void tellsTheMessageOfXRoadThatItCameBy() {
            String[] headers = Stream.concat(
                            Arrays.stream(as("agency:" + agency, "trial")),
                            Stream.of(
                                    "X-Road-Client", "BE/GOV/1/sub", "X-Road-Id", "m-7", "X-Road-Issue", "complaint 7"))
                    .toArray(String[]::new);
            query.post("/v1/consultations", about(insz), headers);
            JsonNode details = found(search("dpo:jan", about(insz))).stream()
                    .map(row -> row.path("details"))
                    .filter(each -> each.path("caller").asString().equals("AGENCY:" + agency))
                    .findFirst()
                    .orElseThrow();
            assertThat(details.at("/xRoad/id").asString()).isEqualTo("m-7");
            assertThat(details.at("/xRoad/client").asString()).isEqualTo("BE/GOV/1/sub");
            assertThat(details.at("/xRoad/issue").asString()).isEqualTo("complaint 7");
            assertThat(details.path("xRoad").has("userId")).isFalse();
        }

        @Test
        void isALookAtThemAndTheySeeIt() {
            consult(insz, "trial");
            Answer answer = search("dpo:jan", about(insz));
            assertThat(found(answer))
                    .isNotEmpty()
                    .allSatisfy(row ->
                            assertThat(row.path("personSees").asBoolean(false)).isTrue());
            JsonNode row = LoggedRows.newest(fixture);
            assertThat(row.path("operation").asString()).isEqualTo("ACCESS_LOG");
            assertThat(row.path("caller").asString()).isEqualTo("DPO:jan");
            assertThat(row.path("purpose").asString()).isEqualTo("supervision");
            assertThat(row.path("case").asString()).isEqualTo("complaint 7");
            Answer mine = query.get("/v1/access-log/mine", "X-Caller", "citizen:" + insz.digits());
            assertThat(mine.json().at("/accesses/0/id").asString())
                    .isEqualTo(answer.json().path("accessLogId").asString());
            assertThat(mine.json().at("/accesses/0/by").toString()).isEqualTo("{\"role\":\"DPO\"}");
        }

        @Test
        void canBeNarrowedToAnAgencyAPurposeAndATime() {
            consult(insz, "one");
            consult(insz, "two");
            Instant between = Instant.now();
            consult(insz, "one");
            String person = "{\"insz\":\"" + insz.digits() + "\",";
            assertThat(found(search("controller:led", person + "\"purpose\":\"one\"}")))
                    .hasSize(2);
            assertThat(found(search("controller:led", person + "\"purpose\":\"one\",\"until\":\"" + between + "\"}")))
                    .hasSize(1);
            assertThat(found(search("controller:led", person + "\"agency\":\"" + agency + "\"}")))
                    .hasSize(3);
            assertThat(found(search("controller:led", person + "\"agency\":\"somebody\"}")))
                    .isEmpty();
        }

        @Test
        void tellsOfARowThatSomebodyChanged() {
            consult(insz, "trial");
            fixture.tamper(
                    Database.ACCESSLOG,
                    "UPDATE accesslog.entry SET sealed = set_byte(sealed, 60, 255 - get_byte(sealed, 60))"
                            + " WHERE at = (SELECT max(at) FROM accesslog.entry)");
            List<JsonNode> rows = found(search("controller:led", about(insz)));
            assertThat(rows).hasSize(1);
            assertThat(rows.getFirst().has("details")).isFalse();
        }
    }

    @Nested
    class OfAStretchOfTime {
        @Test
        void allRowsOfAnAgencyComePageByPageEachOnce() {
            Set<String> asked = new HashSet<>();
            for (int i = 0; i < 7; i++) {
                asked.add(consult(Deliveries.person(), "bulk")
                        .json()
                        .path("accessLogId")
                        .asString());
            }
            List<String> seen = new ArrayList<>();
            String cursor = "";
            do {
                Answer page = search("controller:led", within(",\"agency\":\"" + agency + "\",\"limit\":3" + cursor));
                List<JsonNode> rows = found(page);
                assertThat(rows).hasSizeLessThanOrEqualTo(3);
                rows.forEach(row -> seen.add(row.path("id").asString()));
                cursor = page.json().has("next")
                        ? ",\"cursor\":\"" + page.json().path("next").asString() + "\""
                        : null;
            } while (cursor != null);
            assertThat(seen).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(asked);
        }

        @Test
        void isLoggedWithWhatWasLookedForAndAboutNobody() {
            consult(insz, "trial");
            search("controller:led", within(",\"agency\":\"" + agency + "\",\"purpose\":\"trial\""));
            assertThat(LoggedRows.newest(fixture).path("question").asString())
                    .startsWith("from=")
                    .endsWith("agency=" + agency + " purpose=trial");
            assertThat(fixture.count(
                            Database.ACCESSLOG,
                            "SELECT count(*) FROM (SELECT subject FROM accesslog.entry ORDER BY at DESC LIMIT 1) n"
                                    + " WHERE subject IS NULL"))
                    .isEqualTo(1);
        }

        @Test
        void hasBothEndsAndNoMoreThanAMonth() {
            assertThat(search("controller:led", "{\"agency\":\"vdab\"}").code()).isEqualTo("FIELD_REQUIRED");
            assertThat(search("controller:led", "{\"from\":\"2026-01-01T00:00:00Z\"}")
                            .code())
                    .isEqualTo("FIELD_REQUIRED");
            assertThat(search(
                                    "controller:led",
                                    "{\"from\":\"2026-01-01T00:00:00Z\",\"until\":\"2026-02-02T00:00:00Z\"}")
                            .code())
                    .isEqualTo("MALFORMED");
            assertThat(search("controller:led", within(",\"limit\":201")).code())
                    .isEqualTo("MALFORMED");
            assertThat(search("controller:led", within(",\"agency\":\"two words\""))
                            .code())
                    .isEqualTo("MALFORMED");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"agency:VDAB", "supplier:KUL", "auditor:rekenhof", "citizen:85610100147"})
    void nobodyElseSeesRowsAndTheRefusalIsLogged(String caller) {
        Answer answer = search(caller, about(insz));
        assertThat(answer.code()).isEqualTo("NOT_ALLOWED");
        JsonNode row = LoggedRows.newest(fixture);
        assertThat(row.path("operation").asString()).isEqualTo("ACCESS_LOG");
        assertThat(row.path("outcome").asString()).isEqualTo("NOT_ALLOWED");
        assertThat(row.toString()).doesNotContain("85610100147");
    }

    @ParameterizedTest
    @CsvSource({SEARCH + ",POST", STATISTICS + "?from=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z,GET"})
    void withoutPurposeNothingIsDisclosed(String path, String method) {
        Answer answer = method.equals("POST")
                ? query.post(path, about(insz), "X-Caller", "dpo:jan")
                : query.get(path, "X-Caller", "dpo:jan");
        assertThat(answer.code()).isEqualTo("PURPOSE_REQUIRED");
        assertThat(LoggedRows.newest(fixture).path("outcome").asString()).isEqualTo("PURPOSE_REQUIRED");
    }

    @Nested
    class Counts {
        private static final String HOUR = "2026-05-04T10:00:00Z";

        private Answer statistics(String caller, String from, String until) {
            return query.get(STATISTICS + "?from=" + from + "&until=" + until, as(caller, "planning"));
        }

        /** Rows are written at the database's time, so they are moved into an hour that is over. */
        private void ask(String purpose, int persons) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < persons; i++) {
                ids.add("'"
                        + consult(Deliveries.person(), purpose)
                                .json()
                                .path("accessLogId")
                                .asString() + "'");
            }
            fixture.tamper(
                    Database.ACCESSLOG,
                    "UPDATE accesslog.entry SET at = '2026-05-04T10:17:00Z' WHERE id IN (" + String.join(",", ids)
                            + ")");
        }

        @Test
        void areByAgencyPurposeAndHourAndNeverAboutTooFew() {
            ask("busy", 6);
            ask("rare", 4);
            for (String caller : List.of("controller:led", "dpo:jan", "auditor:rekenhof")) {
                Answer answer = statistics(caller, HOUR, "2026-05-04T11:00:00Z");
                assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
                assertThat(answer.json().path("cells").toString())
                        .isEqualTo("[{\"hour\":\"%s\",\"agency\":\"%s\",\"purpose\":\"busy\",\"questions\":6}]"
                                .formatted(HOUR, agency));
                assertThat(answer.json().path("suppressed").asLong()).isEqualTo(1);
                assertThat(answer.response().body()).doesNotContain("rare");
                assertThat(LoggedRows.newest(fixture).path("operation").asString())
                        .isEqualTo("ACCESS_STATISTICS");
            }
        }

        @Test
        void areOfWholeHoursThatAreOver() {
            String now = Instant.now()
                    .truncatedTo(ChronoUnit.HOURS)
                    .plus(1, ChronoUnit.HOURS)
                    .toString();
            assertThat(statistics("dpo:jan", HOUR, "2026-05-04T11:30:00Z").code())
                    .isEqualTo("MALFORMED");
            assertThat(statistics("dpo:jan", HOUR, "2026-06-05T10:00:00Z").code())
                    .isEqualTo("MALFORMED");
            assertThat(statistics(
                                    "dpo:jan",
                                    Instant.parse(now).minusSeconds(3600).toString(),
                                    now)
                            .code())
                    .isEqualTo("DATE_IN_FUTURE");
        }

        @Test
        void areNotForThoseWhoAsk() {
            assertThat(statistics("agency:VDAB", HOUR, "2026-05-04T11:00:00Z").code())
                    .isEqualTo("NOT_ALLOWED");
        }
    }
}
