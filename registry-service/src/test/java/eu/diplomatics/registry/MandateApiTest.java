package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.registry.Client.Answer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** R04, R24, R30, R35: the controller keeps the mandates; who changed what, and what held when, can be asked. */
class MandateApiTest {
    private static final String ALL = "/v1/mandates";
    private static final String ONE = ALL + "/{agency}/{purpose}";

    private final RegistryFixture fixture = RegistryFixture.shared();
    private final Client controller = fixture.client().as("controller:led");
    private final OpenApi openApi = new OpenApi(fixture.client());
    private final String path = ALL + "/agency-" + UUID.randomUUID() + "/grants";

    private static String terms(String fields) {
        return """
                {"legalBasis":"Decree of 2 July 2010, article 5","questions":["CONSULT","READ"],"fields":[%s],
                 "sensitivity":"SPECIAL","quota":{"perMinute":60,"perDay":5000},
                 "citizen":{"sees":"Your study grant is decided.","when":"IMMEDIATELY"},
                 "whyNeeded":"the amount depends on the degree","whyNoYesNo":"the degree decides the amount",
                 "validFrom":"2026-01-01","validUntil":"2030-12-31","reason":"agreement 2026/4"}""".formatted(fields);
    }

    private Answer put(String fields, String... ifMatch) {
        Client client = ifMatch.length == 0 ? controller : controller.with("If-Match", ifMatch[0]);
        return openApi.check("PUT", ONE, client.put(path, terms(fields)));
    }

    private Answer withdraw() {
        return openApi.check(
                "POST",
                ONE + "/withdrawal",
                controller.post(path + "/withdrawal", "{\"reasonCode\":\"ENDED\",\"reason\":\"agreement ended\"}"));
    }

    @Test
    void aMandateIsGrantedChangedAndWithdrawnAndEachVersionStays() {
        Answer first = put("\"basis.degree\"");
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        assertThat(first.header("ETag")).isEqualTo("\"1\"");
        assertThat(first.json().path("by").asString()).isEqualTo("controller:led");
        Answer second = put("\"basis\",\"derived\"", "\"1\"");
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(withdraw().json().path("state").asString()).isEqualTo("WITHDRAWN");
        assertThat(withdraw().header("ETag")).as("again").isEqualTo("\"3\"");

        JsonNode versions = openApi.check("GET", ONE + "/history", controller.get(path + "/history"))
                .json()
                .path("versions");
        assertThat(versions.size()).isEqualTo(3);
        assertThat(versions.path(0).path("fields").toString()).isEqualTo("[\"basis.degree\"]");
        assertThat(versions.path(2).path("reason").asString()).isEqualTo("agreement ended");
    }

    @Test
    void theStateAtAPastMomentCanBeAsked() {
        Answer first = put("\"basis.degree\"");
        String then = first.json().path("recordedAt").asString();
        put("\"basis\"", "\"1\"");
        JsonNode mine = find(controller.get(ALL + "?asOf=" + then));
        assertThat(mine.path("version").asInt()).isEqualTo(1);
        assertThat(mine.path("fields").toString()).isEqualTo("[\"basis.degree\"]");
        assertThat(find(openApi.check("GET", ALL, controller.get(ALL)))
                        .path("version")
                        .asInt())
                .isEqualTo(2);
        assertThat(find(controller.get(ALL + "?asOf=2020-01-01T00:00:00Z")).isMissingNode())
                .isTrue();
    }

    private JsonNode find(Answer all) {
        for (JsonNode each : all.json().path("mandates")) {
            if (path.endsWith(each.path("agency").asString() + "/grants")) {
                return each;
            }
        }
        return all.json().path("none");
    }

    @Test
    void aChangeBuildsOnTheVersionItsAuthorHasSeen() {
        put("\"basis.degree\"");
        assertThat(put("\"basis\"").code()).isEqualTo("VERSION_REQUIRED");
        assertThat(put("\"basis\"", "\"2\"").code()).isEqualTo("VERSION_STALE");
        assertThat(put("\"basis.degree\"").status()).as("the same again").isEqualTo(200);
        assertThat(openApi.check("GET", ONE, controller.get(path)).header("ETag"))
                .isEqualTo("\"1\"");
    }

    @Test
    void changesOfDifferentMandatesAtTheSameTimeAllHold() {
        IntStream.range(0, 8)
                .parallel()
                .forEach(n -> assertThat(
                                controller.put(path + n, terms("\"basis\"")).status())
                        .isEqualTo(201));
        IntStream.range(0, 8)
                .forEach(n -> assertThat(controller.get(path + n).status()).isEqualTo(200));
    }

    @ParameterizedTest
    @ValueSource(strings = {"supplier:kuleuven", "agency:vdab", "citizen:90722501082"})
    void nobodyElseReadsOrKeepsThem(String caller) {
        Client other = fixture.client().as(caller);
        assertThat(other.put(path, terms("\"basis\"")).status()).isEqualTo(403);
        assertThat(other.get(ALL).status()).isEqualTo(403);
        assertThat(other.get(path).status()).isEqualTo(403);
        assertThat(other.get(path + "/history").status()).isEqualTo(403);
        assertThat(other.post(path + "/withdrawal", "{}").status()).isEqualTo(403);
    }

    @Test
    void whatIsWrongOrUnknownIsRefused() {
        assertThat(put("\"everything\"").code()).isEqualTo("MALFORMED");
        assertThat(put("").code()).isEqualTo("FIELD_REQUIRED");
        assertThat(withdraw().code()).isEqualTo("UNKNOWN_REFERENCE");
        assertThat(controller.get(path + "/history").status()).isEqualTo(404);
        assertThat(controller.get(ALL + "?asOf=yesterday").code()).isEqualTo("MALFORMED");
    }

    @Test
    void aFieldAboveTheClassOfTheMandateIsRefusedByName() {
        String special = terms("\"basis.degree\",\"basis.educationForm\"");
        for (String less :
                new String[] {special.replace("SPECIAL", "PERSONAL"), special.replaceFirst("\"sens.*,\"q", "\"q")}) {
            Answer refused = openApi.check("PUT", ONE, controller.put(path, less));
            assertThat(refused.status()).as(refused.text()).isEqualTo(422);
            assertThat(refused.code()).isEqualTo("FIELD_ABOVE_CLASS");
            assertThat(refused.json().at("/errors/0/pointer").asString()).isEqualTo("/fields/1");
            assertThat(refused.json().at("/errors/0/message").asString()).contains("basis.educationForm");
            assertThat(controller.get(path).status()).isEqualTo(404);
        }
        assertThat(openApi.check("PUT", ONE, controller.put(path, special))
                        .json()
                        .path("sensitivity")
                        .asString())
                .isEqualTo("SPECIAL");
    }

    @Test
    void theHostReadsNothingOfThem() throws SQLException {
        put("\"basis.degree\"");
        Login reader = fixture.database(Database.EVENTSTORE).role("reader");
        try (Connection connection = DriverManager.getConnection(
                        fixture.database(Database.EVENTSTORE).url(), reader.username(), reader.password());
                ResultSet rows = connection
                        .createStatement()
                        .executeQuery("SELECT c.ciphertext FROM eventstore.event e JOIN eventstore.ciphertext_1 c"
                                + " USING (position) WHERE e.type LIKE 'Mandate%'")) {
            assertThat(rows.next()).isTrue();
            do {
                assertThat(new String(rows.getBytes(1), StandardCharsets.ISO_8859_1))
                        .doesNotContain("Decree", "grants", "agency-");
            } while (rows.next());
        }
    }
}
