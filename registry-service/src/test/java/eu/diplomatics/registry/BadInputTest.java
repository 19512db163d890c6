package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.registry.Client.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** The list of bad input: each a clear error with a code and the place; no value in answer or log. */
@ExtendWith(OutputCaptureExtension.class)
class BadInputTest {
    private static final String PATH = "/v1/qualifications";
    private static final String NAME = "Zeldzaam Opvallend";

    private final Client client = RegistryFixture.shared().client();
    private final OpenApi api = new OpenApi(client);

    private static String good() {
        return Samples.registration(Samples.reference(), Samples.insz(42), NAME);
    }

    static Stream<Arguments> bodies() {
        String number = Samples.insz(42);
        String wrong = number.substring(0, 9) + (number.endsWith("00") ? "01" : "00");
        String bidi = "Zeldzaam\\u202EOpvallend";
        return Stream.of(
                Arguments.of("not JSON", "{\"zeldzaam\"", 400, "MALFORMED", "", "zeldzaam"),
                Arguments.of("empty", "", 400, "MALFORMED", "", "zeldzaam"),
                Arguments.of("a list", "[\"zeldzaam\"]", 400, "MALFORMED", "", "zeldzaam"),
                Arguments.of(
                        "unknown field",
                        good().replace("\"basis\":{", "\"basis\":{\"shoeSize\":\"zeldzaam\","),
                        400,
                        "UNKNOWN_FIELD",
                        "/basis/shoeSize",
                        "zeldzaam"),
                Arguments.of(
                        "duplicate key",
                        good().replace("\"degree\":\"Master\"", "\"degree\":\"Master\",\"degree\":\"Zeldzaam\""),
                        400,
                        "DUPLICATE_KEY",
                        "/basis/degree",
                        "Zeldzaam\""),
                Arguments.of(
                        "a number for a text",
                        good().replace("\"degree\":\"Master\"", "\"degree\":4711471147"),
                        400,
                        "MALFORMED",
                        "/basis/degree",
                        "4711471147"),
                Arguments.of(
                        "control character",
                        good().replace(NAME, "Zeldzaam\\u0000Opvallend"),
                        422,
                        "ILLEGAL_CHARACTER",
                        "/basis/fullName",
                        "Opvallend"),
                Arguments.of(
                        "bidi mark",
                        good().replace(NAME, bidi),
                        422,
                        "ILLEGAL_CHARACTER",
                        "/basis/fullName",
                        "Opvallend"),
                Arguments.of(
                        "wrong check number",
                        good().replace(number, wrong),
                        422,
                        "INSZ_CHECKSUM",
                        "/holder/insz",
                        wrong),
                Arguments.of(
                        "future date",
                        good().replace("2019-06-28", "2187-06-28"),
                        422,
                        "DATE_IN_FUTURE",
                        "/basis/awardedOn",
                        "2187-06-28"),
                Arguments.of(
                        "no date of the calendar",
                        good().replace("2019-06-28", "2019-02-30"),
                        400,
                        "MALFORMED",
                        "/basis/awardedOn",
                        "2019-02-30"),
                Arguments.of(
                        "not in the taxonomy",
                        good().replace("\"degree\":\"Master\"", "\"degree\":\"Zeldzaam\""),
                        422,
                        "VALUE_NOT_IN_TAXONOMY",
                        "/basis/degree",
                        "Zeldzaam\""),
                Arguments.of(
                        "forbidden combination",
                        good().replace("\"awardingBody\":\"Universiteit\"", "\"awardingBody\":\"Secundaire school\""),
                        422,
                        "COMBINATION_NOT_ALLOWED",
                        null,
                        "Secundaire school"),
                Arguments.of(
                        "field missing",
                        good().replace("\"degree\":\"Master\",", ""),
                        422,
                        "FIELD_REQUIRED",
                        "/basis/degree",
                        NAME),
                Arguments.of(
                        "deep",
                        "{\"basis\":" + "[".repeat(2000) + "]".repeat(2000) + "}",
                        400,
                        "MALFORMED",
                        "",
                        "[[[["));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void each_is_refused_with_code_and_place_and_without_the_value(
            String name,
            String body,
            int status,
            String code,
            @Nullable String pointer,
            String value,
            CapturedOutput output) {
        Answer answer = api.check("POST", PATH, client.post(PATH, body));
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.code()).as(answer.text()).isEqualTo(code);
        List<JsonNode> places = answer.json().path("errors").valueStream().toList();
        assertThat(places).anySatisfy(place -> {
            assertThat(place.path("code").asString()).isEqualTo(code);
            if (pointer != null) {
                assertThat(place.path("pointer").asString()).isEqualTo(pointer);
            }
        });
        assertThat(answer.text()).doesNotContain(value).doesNotContain(NAME);
        assertThat(output.getAll())
                .contains(answer.json().path("traceId").asString())
                .doesNotContain(value)
                .doesNotContain(NAME)
                .doesNotContain(Samples.insz(42));
    }

    @Test
    void wrong_encoding_is_refused() {
        byte[] latin = good().replace(NAME, "Zeldzaam Opvällend").getBytes(StandardCharsets.ISO_8859_1);
        Answer answer =
                client.with("Content-Type", "application/json").send("POST", PATH, BodyPublishers.ofByteArray(latin));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("MALFORMED");
        assertThat(client.with("Content-Type", "application/json;charset=ISO-8859-1")
                        .post(PATH, good())
                        .status())
                .isEqualTo(415);
    }

    @Test
    void too_large_a_body_is_refused_whether_its_length_is_told_or_not() {
        byte[] large = (" ".repeat(600 * 1024) + good()).getBytes(StandardCharsets.UTF_8);
        Client json = client.with("Content-Type", "application/json");
        for (Answer answer : List.of(
                json.send("POST", PATH, BodyPublishers.ofByteArray(large)),
                json.send("POST", PATH, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))))) {
            api.check("POST", PATH, answer);
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.code()).isEqualTo("TOO_LARGE");
        }
    }

    @Test
    void every_other_error_has_the_same_shape() {
        assertShape(client.get("/nowhere"), 404, "NOT_FOUND");
        assertShape(client.get(PATH), 405, "METHOD_NOT_ALLOWED");
        assertThat(client.get(PATH).header("Allow")).isEqualTo("POST");
        assertShape(
                "POST",
                PATH,
                client.with("Content-Type", "application/xml").post(PATH, "<x/>"),
                415,
                "UNSUPPORTED_MEDIA_TYPE");
        assertShape(client.with("Accept", "image/png").get("/v1/receipt-keys"), 406, "NOT_ACCEPTABLE");
        for (String what : List.of("", "/results", "/rejected")) {
            String path = "/v1/batches/{id}" + what;
            assertShape("GET", path, client.get("/v1/batches/nonsense" + what), 400, "MALFORMED");
            assertShape("GET", path, client.get("/v1/batches/" + UUID.randomUUID() + what), 404, "UNKNOWN_REFERENCE");
        }
        assertShape(client.get("/openapi.json?" + Samples.insz(44) + "=1"), 400, "UNKNOWN_FIELD");
        Answer batch = client.get("/v1/batches/" + UUID.randomUUID() + "?" + Samples.insz(44) + "=1");
        assertShape("GET", "/v1/batches/{id}", batch, 400, "UNKNOWN_FIELD");
        Client controller = client.as("controller:led");
        for (String path : List.of(
                "/v1/readiness",
                "/v1/receipt-keys",
                "/v1/log/key",
                "/v1/log/keys",
                "/v1/keys",
                "/v1/keys/inventory",
                "/v1/keys/audit",
                "/v1/keys/inventory-key",
                "/v1/keys/receipts",
                "/v1/keys/operations",
                "/v1/shreddings")) {
            assertShape("GET", path, controller.get(path + "?limit=1"), 400, "UNKNOWN_FIELD");
        }
        assertShape("GET", "/v1/log/tile/{path}", client.get("/v1/log/tile/0/000?limit=1"), 400, "UNKNOWN_FIELD");
        assertShape(
                "POST",
                "/v1/readiness/report",
                controller.post("/v1/readiness/report?limit=1", ""),
                400,
                "UNKNOWN_FIELD");
        Map<String, String> typing = Map.of(
                "?dryrun=true", "UNKNOWN_FIELD",
                "?dryRun=true&dryRun=false", "DUPLICATE_KEY",
                "?dryRun=", "MALFORMED",
                "?mode=strict&mode=strict", "DUPLICATE_KEY");
        typing.forEach((query, code) -> assertShape(
                "POST",
                "/v1/batches",
                Batch.send(
                        client,
                        "application/x-ndjson",
                        UUID.randomUUID().toString(),
                        query,
                        BodyPublishers.ofString(Samples.registration(Samples.reference(), Samples.insz(45)))),
                400,
                code));
        assertShape(client.get("/error"), 404, "NOT_FOUND");
        assertShape(
                "POST",
                "/v1/batches",
                client.with("Content-Type", "multipart/form-data; boundary=x").post("/v1/batches", "--x--"),
                400,
                "MALFORMED");
    }

    @Test
    void what_tomcat_refuses_has_the_same_shape_and_is_not_repeated_in_the_log(CapturedOutput output)
            throws IOException {
        String insz = Samples.insz(43);
        for (String head : List.of(
                "GET /v1/qualifications/" + insz + "|{} HTTP/1.1\r\nHost: x\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nBad Header " + insz + ": x\r\n",
                "GET / HTTP/1.1\r\nHost: " + insz + "|x\r\n",
                "GET /%zz HTTP/1.1\r\nHost: x\r\n",
                "GET /{} HTTP/1.1\r\nHost: x\r\n",
                "BROKEN\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(40_000) + "\r\n")) {
            String answer = raw(head + "\r\n");
            assertThat(answer).startsWith("HTTP/1.1 4");
            assertThat(answer)
                    .contains("application/problem+json")
                    .contains("\"traceId\"")
                    .doesNotContain("<html");
            assertThat(answer)
                    .doesNotContain("Tomcat")
                    .doesNotContain("aaaaaaaa")
                    .doesNotContain("org.apache");
            assertThat(answer).doesNotContain(insz);
        }
        assertThat(output.getAll()).doesNotContain(insz);
    }

    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", RegistryFixture.shared().port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException reset) {
            return "";
        }
    }

    private void assertShape(String method, String path, Answer answer, int status, String code) {
        assertShape(api.check(method, path, answer), status, code);
    }

    private void assertShape(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        api.fits("Problem", answer.text());
        assertThat(answer.code()).isEqualTo(code);
    }

    @Test
    void a_forged_line_in_a_header_does_not_become_a_line_of_the_log(CapturedOutput output) {
        client.with("traceparent", "00-zeldzaam").post(PATH, "zeldzaam");
        assertThat(output.getAll()).doesNotContain("zeldzaam");
        assertThat(output.getOut().lines().filter(line -> line.contains("request refused")))
                .allSatisfy(line -> assertThat(line).startsWith("{").endsWith("}"));
    }
}
