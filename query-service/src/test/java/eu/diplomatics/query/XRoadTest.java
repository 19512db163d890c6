package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** R29, R05, abuse case 4: a call through X-Road is known by the message that its security servers log, and by its client. */
class XRoadTest {
    private static final String CLIENT = "BE/GOV/0123456749/desk";

    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass(
            "diplomatics.x-road.clients[0].client=" + CLIENT,
            "diplomatics.x-road.clients[0].agency=VDAB",
            "diplomatics.x-road.clients[1].client=BE/GOV/0000000097/other",
            "diplomatics.x-road.clients[1].agency=other");

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();
    private final Insz insz = Deliveries.person();
    private final String id = UUID.randomUUID().toString();

    private long rows() {
        return fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.entry");
    }

    @Test
    void whatItSaysStandsInTheRowOfTheAccessAndInNoAnswer() {
        Answer answer = query.consult(
                insz.digits(),
                "X-Road-Client",
                CLIENT,
                "X-Road-Id",
                id,
                "X-Road-Request-Id",
                "r-1",
                "X-Road-UserId",
                "BE-u-4711",
                "X-Road-Issue",
                "2026/17 b",
                "X-Road-Represented-Party",
                "COM/0123",
                "X-Road-Service",
                "BE/GOV/1/diplomatics/consult",
                "X-Road-Security-Server",
                "BE/GOV/1/ss1");
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        JsonNode said = LoggedRows.newest(fixture).path("xRoad");
        assertThat(said.path("id").asString()).isEqualTo(id);
        assertThat(said.path("requestId").asString()).isEqualTo("r-1");
        assertThat(said.path("client").asString()).isEqualTo(CLIENT);
        assertThat(said.path("userId").asString()).isEqualTo("BE-u-4711");
        assertThat(said.path("issue").asString()).isEqualTo("2026/17 b");
        assertThat(said.path("representedParty").asString()).isEqualTo("COM/0123");
        assertThat(answer.response().headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("x-road"));
    }

    @Test
    void theMessageStandsInTheRowOnEveryPath() {
        Registered registered = fixture.registry().register(insz);
        fixture.relay().publishAll();
        Deliveries.awaitProjected(query, registered.place().position());
        String[] headers = RunningQuery.agency("X-Road-Client", CLIENT, "X-Road-Id", id);
        String reference = "/v1/qualifications/" + registered.reference();
        String question = "\"question\":{\"field\":\"03\",\"on\":\"2026-01-01\"}";
        assertThat(query.post("/v1/consultations/batch", "{\"insz\":[\"" + insz.digits() + "\"]}", headers)
                        .status())
                .isEqualTo(200);
        assertMessage();
        assertThat(query.get(reference, headers).status()).isEqualTo(200);
        assertMessage();
        assertThat(query.get(reference + "/history", headers).status()).isEqualTo(200);
        assertMessage();
        assertThat(query.post("/v1/predicates", "{\"insz\":\"" + insz.digits() + "\"," + question + "}", headers)
                        .status())
                .isEqualTo(200);
        assertMessage();
    }

    private void assertMessage() {
        assertThat(LoggedRows.newest(fixture).at("/xRoad/id").asString()).isEqualTo(id);
    }

    @Test
    void aRequestThatDidNotComeThroughItSaysNothing() {
        assertThat(query.consult(insz.digits()).status()).isEqualTo(200);
        assertThat(LoggedRows.newest(fixture).has("xRoad")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        CLIENT + ", true",
        "BE/GOV/0123456749/d%65sk, true",
        "BE/GOV/0123456749, false",
        "BE/GOV/0123456749/Desk, false",
        "BE/GOV/0000000097/other, false",
        "BE/GOV/0123456749%2Fdesk/x, false"
    })
    void onlyTheClientThatIsWhoCallsIsAnsweredAndTheRefusalIsLogged(String client, boolean answered) {
        Answer answer = query.consult(insz.digits(), "X-Road-Client", client, "X-Road-Id", id);
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(answered ? 200 : 403);
        JsonNode row = LoggedRows.newest(fixture);
        assertThat(row.path("outcome").asString()).isEqualTo(answered ? "NOT_FOUND" : "NOT_ALLOWED");
        assertThat(row.at("/xRoad/id").asString()).isEqualTo(id);
        assertThat(row.at("/xRoad/client").asString()).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Road-Client | BE/GOV",
                "X-Road-Client | BE/GOV/1/2/3",
                "X-Road-Client | BE/GOV//desk",
                "X-Road-Client | BE/GOV/1/%0a",
                "X-Road-Client | BE/GOV/1/%4",
                "X-Road-Represented-Party | a/b/c",
                "X-Road-Service | BE/GOV",
                "X-Road-Security-Server | BE",
                "X-Road-Request-Hash | not-a-hash"
            })
    void whatIsNotAsItsProtocolHasItIsRefusedAndNeverRepeated(String header, String value) {
        long before = rows();
        String[] asked = header.equals("X-Road-Client")
                ? new String[] {header, value, "X-Road-Id", id}
                : new String[] {"X-Road-Client", CLIENT, "X-Road-Id", id, header, value};
        Answer answer = query.consult(insz.digits(), asked);
        assertThat(answer.code()).isEqualTo("MALFORMED");
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo("header/" + header);
        assertThat(answer.response().body()).doesNotContain(value);
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void whatIsTooLongOrThereTwiceOrHalfIsRefused() {
        String longest = "BE/GOV/1/" + "d".repeat(246);
        assertThat(query.consult(insz.digits(), "X-Road-Client", longest, "X-Road-Id", id)
                        .code())
                .as("255 characters are read")
                .isEqualTo("NOT_ALLOWED");
        assertThat(query.consult(insz.digits(), "X-Road-Client", longest + "d", "X-Road-Id", id)
                        .code())
                .isEqualTo("MALFORMED");
        assertThat(query.consult(insz.digits(), "X-Road-Client", CLIENT, "X-Road-Id", "x".repeat(129))
                        .code())
                .isEqualTo("MALFORMED");
        assertThat(query.consult(insz.digits(), "X-Road-Client", CLIENT, "X-Road-Client", CLIENT, "X-Road-Id", id)
                        .code())
                .isEqualTo("MALFORMED");
        assertThat(query.consult(insz.digits(), "X-Road-Client", CLIENT)
                        .json()
                        .at("/errors/0/pointer")
                        .asString())
                .isEqualTo("header/X-Road-Id");
        assertThat(query.consult(insz.digits(), "X-Road-Id", id)
                        .json()
                        .at("/errors/0/pointer")
                        .asString())
                .isEqualTo("header/X-Road-Client");
        assertThat(query.consult(insz.digits(), "X-Road-UserId", "u").code()).isEqualTo("MALFORMED");
    }
}
