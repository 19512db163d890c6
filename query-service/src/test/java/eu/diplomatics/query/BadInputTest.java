package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.RunningQuery.Answer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** What is wrong is refused with a code and a place, and no value comes back. */
class BadInputTest {
    private static final String SECRET = "7161014441";

    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"insz\":\"1\",\"SECRET\":1} | 400 | UNKNOWN_FIELD",
                "{\"insz\":\"SECRET\",\"insz\":\"SECRET\"} | 400 | DUPLICATE_KEY",
                "{\"insz\":\"SECRET\" | 400 | MALFORMED",
                "{\"insz\":SECRET} | 400 | MALFORMED",
                "{\"insz\":true} | 400 | MALFORMED",
                "{\"insz\":[\"SECRET\"]} | 400 | MALFORMED",
                "{\"insz\":{\"a\":\"SECRET\"}} | 400 | MALFORMED",
                "{\"insz\":\"SECRET\"} trailing | 400 | MALFORMED",
                "[\"SECRET\"] | 400 | MALFORMED",
                "SECRET | 400 | MALFORMED",
                "null | 400 | MALFORMED",
                "{} | 422 | FIELD_REQUIRED",
                "{\"insz\":null} | 422 | FIELD_REQUIRED",
                "{\"insz\":\"SECRET\"} | 400 | MALFORMED",
                "{\"insz\":\"SECRET0\"} | 422 | INSZ_CHECKSUM",
                "{\"insz\":\"SECRET\\u0000\"} | 400 | MALFORMED",
                "{\"insz\":\"\\u202e1014441\"} | 400 | MALFORMED",
                "{\"insz\":\"SECRET\",\"asOf\":\"yesterday SECRET\"} | 400 | MALFORMED",
                "{\"insz\":\"SECRET\",\"asOf\":\"2019-06-28\"} | 400 | MALFORMED",
                "{\"insz\":\"SECRET\",\"asOf\":\"2999-01-01T00:00:00Z\"} | 422 | DATE_IN_FUTURE"
            })
    void aBodyThatIsWrongIsRefusedWithACodeAndWithoutItsValue(String body, int status, String code) {
        Answer answer = query.post("/v1/consultations", body.strip().replace("SECRET", SECRET), RunningQuery.agency());
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.response().body()).doesNotContain(SECRET, "tools.jackson", "Exception");
        assertThat(answer.json().path("traceId").asString()).matches("[0-9a-f]{32}");
    }

    @Test
    void anUnknownFieldIsNamedByThePlaceAroundItBecauseItsNameIsTheCallersText() {
        Answer answer = query.post("/v1/consultations", "{\"" + SECRET + "\":1}", RunningQuery.agency());
        JsonNode error = answer.json().path("errors").path(0);
        assertThat(error.path("code").asString()).isEqualTo("UNKNOWN_FIELD");
        assertThat(error.path("pointer").asString()).isEmpty();
    }

    @Test
    void aBodyThatIsTooLongOrTooDeepIsRefused() {
        Answer tooLong = query.post(
                "/v1/consultations/batch", "{\"insz\":[\"" + "1\",\"".repeat(100_000) + "1\"]}", RunningQuery.agency());
        assertThat(tooLong.status()).isEqualTo(413);
        assertThat(tooLong.code()).isEqualTo("TOO_LARGE");
        Answer tooDeep = query.post(
                "/v1/consultations", "{\"insz\":" + "[".repeat(100) + "]".repeat(100) + "}", RunningQuery.agency());
        assertThat(tooDeep.status()).isEqualTo(400);
        Answer longText =
                query.post("/v1/consultations", "{\"insz\":\"" + "1".repeat(5_000) + "\"}", RunningQuery.agency());
        assertThat(longText.status()).isEqualTo(400);
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        Answer answer = query.sendBytes(
                "/v1/consultations",
                "{\"insz\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1),
                "application/json",
                RunningQuery.agency());
        assertThat(answer.code()).isEqualTo("MALFORMED");
    }

    @Test
    void anotherMediaTypeMethodOrPathIsRefusedAsAProblem() {
        byte[] body = "insz=1".getBytes(StandardCharsets.UTF_8);
        Answer media =
                query.sendBytes("/v1/consultations", body, "application/x-www-form-urlencoded", RunningQuery.agency());
        assertThat(media.code()).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        Answer method = query.send("DELETE", "/v1/consultations", null, RunningQuery.agency());
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.header("Allow")).contains("POST");
        Answer path = query.get("/v1/people?familyName=Peeters", RunningQuery.agency());
        assertThat(path.status()).isEqualTo(404);
        assertThat(path.code()).isEqualTo("NOT_FOUND");
        assertThat(path.response().body()).doesNotContain("Peeters");
        assertThat(query.get("/v1/qualifications/" + SECRET, RunningQuery.agency())
                        .code())
                .isEqualTo("MALFORMED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1e3", "99999999999999999999", "x"})
    void aPositionThatIsNoneIsRefused(String position) {
        Answer answer = query.consult(Examples.insz(1).digits(), "X-Min-Position", position);
        assertThat(answer.code()).isEqualTo("MALFORMED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "agency", "agency:", "king:me", "agency:a b", "agency:a;b", "AGENCY:VDAB"})
    void whoDoesNotSayWhoTheyAreIsRefused(String caller) {
        String[] headers = RunningQuery.agency();
        headers[1] = caller;
        Answer answer = query.post("/v1/consultations", "{\"insz\":\"1\"}", headers);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isNotEmpty();
    }

    @Test
    void withoutCallerNothingButTheDescriptionAndHealthIsServed() {
        assertThat(query.get("/v1/qualifications/" + UUID.randomUUID()).status())
                .isEqualTo(401);
        assertThat(query.get("/v1/nothing").status()).isEqualTo(401);
        assertThat(query.get("/openapi.json").json().path("openapi").asString()).startsWith("3.1");
        eventually().until(() -> query.get("/actuator/health/readiness").status() == 200);
    }

    /** ASVS 13.4.2, 13.4.5. */
    @Test
    void managementIsNotReachedThroughAProxy() {
        assertThat(query.get("/actuator/projection").status()).isEqualTo(200);
        assertThat(query.get("/actuator/projection", "X-Forwarded-For", "203.0.113.9")
                        .status())
                .isEqualTo(403);
        assertThat(query.send("POST", "/actuator/projection/rebuild", "{}", "Forwarded", "for=203.0.113.9")
                        .status())
                .isEqualTo(403);
        for (String debugging :
                List.of("env", "heapdump", "threaddump", "loggers", "beans", "configprops", "shutdown")) {
            assertThat(query.get("/actuator/" + debugging).status())
                    .as(debugging)
                    .isEqualTo(404);
        }
    }

    @Test
    void aRequestLineThatIsNoneIsAnsweredAsAProblemToo() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", query.base().getPort())) {
            socket.getOutputStream()
                    .write("GET /v1/qualifications/<script> HTTP/1.1\r\nHost: a\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(10_000);
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 400");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/consultations?insz=SECRET&<x> HTTP/1.1|Host: a||",
                "GET /v1/qualifications HTTP/1.1|Host: a|X-SECRET (x: 1||",
                "SECRET||"
            })
    @ExtendWith(OutputCaptureExtension.class)
    void aNumberInARequestThatCannotBeReadIsNotLogged(String request, CapturedOutput output) throws IOException {
        // a service of its own, because Tomcat tells of such requests once only
        try (RunningQuery fresh = fixture.start();
                Socket socket = new Socket("127.0.0.1", fresh.base().getPort())) {
            socket.getOutputStream()
                    .write(request.replace("SECRET", SECRET)
                            .replace("|", "\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            socket.setSoTimeout(10_000);
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 400");
        }
        assertThat(output.getAll()).contains("query-service").doesNotContain(SECRET);
    }

    @Test
    void aTestNumberIsRefusedWhereTestNumbersAreNotAllowed() {
        Insz insz = Examples.insz(5);
        try (RunningQuery strict = fixture.start("diplomatics.test-numbers=false")) {
            Answer answer = strict.consult(insz.digits());
            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.code()).isEqualTo("INSZ_TEST_NOT_ALLOWED");
        }
    }

    @Test
    void withoutTheProfileInsecureTheHeaderProvesNothing() {
        try (RunningQuery secure = fixture.startForRealPeople(false)) {
            Answer answer = secure.consult(Examples.insz(5).digits());
            assertThat(answer.status()).isEqualTo(401);
            eventually().until(() -> secure.get("/actuator/health/readiness").status() == 200);
        }
    }

    @Test
    void theProfileInsecureDoesNotStartBeyondLoopback() {
        Map<String, Object> settings = Map.copyOf(fixture.settings());
        assertThatThrownBy(() -> new SpringApplicationBuilder(QueryApplication.class)
                        .properties(settings)
                        .run("--server.port=0", "--server.address=0.0.0.0")
                        .close())
                .hasStackTraceContaining("loopback");
    }

    @Test
    void asOfInTheQueryIsCheckedToo() {
        String path = "/v1/qualifications/" + UUID.randomUUID() + "?asOf=";
        assertThat(query.read(path + "yesterday").code()).isEqualTo("MALFORMED");
        assertThat(query.read(path + Instant.now().plusSeconds(86_400)).code()).isEqualTo("DATE_IN_FUTURE");
    }

    @ParameterizedTest
    @CsvSource({
        "?asOf=, MALFORMED",
        "?asOf, MALFORMED",
        "?asOf=2020-01-01T00:00:00Z&asOf=2021-01-01T00:00:00Z, DUPLICATE_KEY",
        "?asof=2020-01-01T00:00:00Z, UNKNOWN_FIELD",
        "/history?asOf=2020-01-01T00:00:00Z, UNKNOWN_FIELD"
    })
    void aParameterThatIsEmptyTwiceThereOrNotKnownIsNotTakenForNone(String rest, String code) {
        Answer answer = query.read("/v1/qualifications/" + UUID.randomUUID() + rest);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo(code);
    }
}
