package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.edge.RawHttp;
import eu.diplomatics.query.RunningQuery.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ASVS 2.4.1, 4.1.1, 14.3.2, 16.4.1: what this service does at its edge, whoever calls. */
class EdgeTest {
    private static final String SOME_PATH = "/v1/consultations";

    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();
    private final int port = query.base().getPort();

    @Test
    void every_answer_has_the_headers_and_a_type() {
        for (Answer answer : List.of(
                query.get("/openapi.json"),
                query.get("/actuator/health"),
                query.get("/actuator/nothing"),
                query.get("/v1/nothing"),
                query.post(SOME_PATH, "{\"nothing\":1}", RunningQuery.agency()),
                query.post(SOME_PATH, "{}", RunningQuery.agency()),
                query.send("DELETE", SOME_PATH, null, RunningQuery.agency()),
                query.get("/error"))) {
            hasAllHeaders(answer.response().uri() + " " + answer.status(), answer::header);
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            assertThat(answer.header("Content-Type")).contains("json");
        }
    }

    @Test
    void who_calls_too_often_is_told_when_to_come_again_and_others_are_served() {
        try (RunningQuery slow = fixture.start("diplomatics.edge.calls-per-second=0.5", "diplomatics.edge.burst=3")) {
            for (int i = 0; i < 3; i++) {
                assertThat(slow.post(SOME_PATH, "{}", RunningQuery.agency()).status())
                        .isEqualTo(422);
            }
            Answer refused = slow.post(SOME_PATH, "{}", RunningQuery.agency());
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.code()).isEqualTo("TOO_MANY_REQUESTS");
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 3);
            String[] another = RunningQuery.agency();
            another[1] = "agency:RVA";
            assertThat(slow.post(SOME_PATH, "{}", another).status()).isEqualTo(422);
            assertThat(slow.get("/actuator/health").status()).isEqualTo(200);
        }
    }

    /** A client of the LED reads nothing but SOAP. */
    @Test
    void who_sends_messages_too_often_is_told_so_by_a_fault() {
        try (RunningQuery slow = fixture.start("diplomatics.edge.calls-per-second=0.01", "diplomatics.edge.burst=3")) {
            for (int i = 0; i < 3; i++) {
                slow.post("/led/GeefBewijs", "{}");
            }
            Answer refused = slow.post("/led/GeefBewijs", "{}");
            assertThat(refused.status()).isEqualTo(500);
            assertThat(refused.header("Content-Type")).startsWith("text/xml");
            assertThat(refused.response().body()).contains("Fault>", "TOO_MANY_REQUESTS");
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 101);
            assertThat(slow.get("/led/GeefBewijs?wsdl").status()).isEqualTo(429);
        }
    }

    /** Abuse case 15. */
    @Test
    void a_head_that_comes_in_drips_is_cut_off() throws IOException {
        try (RunningQuery slow = fixture.start("diplomatics.edge.head-patience=1s");
                RawHttp http = new RawHttp(slow.base().getPort())) {
            http.say("GET /openapi.json HTTP/1.1\r\nHost: x\r\n");
            assertThat(http.dripUntilClosed("X-A: b\r\n", Duration.ofMillis(100), after(Duration.ofSeconds(20))))
                    .isTrue();
            assertThat(http.answer()).doesNotContain("HTTP/1.1 200");
            // who is quick is served all the same, however long the connection lives
            try (RawHttp quick = new RawHttp(slow.base().getPort())) {
                for (int i = 0; i < 5; i++) {
                    quick.say("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n");
                    assertThat(quick.listen(Duration.ofMillis(300))).isFalse();
                }
                assertThat(quick.answer().split("HTTP/1.1 200", -1)).hasSize(6);
            }
        }
    }

    /** Abuse case 15. */
    @Test
    void a_body_that_comes_in_drips_is_cut_off_with_an_answer() throws IOException {
        try (RunningQuery slow = fixture.start("diplomatics.edge.body-patience=1s");
                RawHttp http = new RawHttp(slow.base().getPort())) {
            http.say("POST " + SOME_PATH
                    + " HTTP/1.1\r\nHost: x\r\nX-Caller: agency:VDAB\r\nX-Purpose: job-mediation\r\nX-Case: 1\r\nX-End-User: u\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{");
            assertThat(http.dripUntilClosed(" ", Duration.ofMillis(100), after(Duration.ofSeconds(20))))
                    .isTrue();
            assertThat(http.answer()).startsWith("HTTP/1.1 4");
        }
    }

    private static BooleanSupplier after(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        return () -> System.nanoTime() - end > 0;
    }

    private static void hasAllHeaders(String what, Function<String, String> header) {
        assertThat(header.apply("X-Content-Type-Options")).as(what).isEqualTo("nosniff");
        assertThat(header.apply("Content-Security-Policy"))
                .as(what)
                .contains("default-src 'none'", "frame-ancestors 'none'");
        assertThat(header.apply("Referrer-Policy")).as(what).isEqualTo("no-referrer");
        assertThat(header.apply("Permissions-Policy")).as(what).contains("geolocation=()");
        assertThat(header.apply("Cross-Origin-Opener-Policy")).as(what).isEqualTo("same-origin");
        assertThat(header.apply("Cross-Origin-Resource-Policy")).as(what).isEqualTo("same-origin");
        assertThat(header.apply("Cross-Origin-Embedder-Policy")).as(what).isEqualTo("require-corp");
        assertThat(header.apply("Strict-Transport-Security")).as(what).isEmpty();
        assertThat(header.apply("Server")).as(what).isEmpty();
    }

    private static Function<String, String> headersOf(String raw) {
        return name -> raw.lines()
                .takeWhile(line -> !line.isEmpty())
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    /** ASVS 14.3.2, 14.2.2: for answers that no filter of ours sees, too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "BROKEN\r\n\r\n",
                "TRACE /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
            })
    void what_the_server_itself_refuses_has_the_headers_and_says_nothing_of_itself(String request) throws IOException {
        String answer = RawHttp.exchange(port, request);
        assertThat(answer).startsWith("HTTP/1.1 4");
        hasAllHeaders(request, headersOf(answer));
        assertThat(headersOf(answer).apply("Cache-Control")).isEqualTo("no-store");
        assertThat(answer).doesNotContain("Tomcat", "Exception", "\tat ");
    }

    /** ASVS 4.2.1: what one server takes for a body, another must not take for a request. */
    @Test
    void a_message_with_two_lengths_ends_the_connection() throws IOException {
        String answer = RawHttp.exchange(
                port,
                "GET /openapi.json HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(answer.split("HTTP/1.1 ", -1)).as(answer).hasSizeLessThanOrEqualTo(2);
        assertThat(answer).doesNotContain("smuggled");
    }

    /** ASVS 13.4.3. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1/", "/static/", "/webjars/", "/META-INF/resources/", "/WEB-INF/"})
    void no_folder_is_listed(String folder) {
        Answer answer = query.get(folder, RunningQuery.agency());
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.code()).isEqualTo("NOT_FOUND");
    }

    /** ASVS 13.4.4, 13.4.6. */
    @Test
    void trace_is_not_answered() throws IOException {
        String answer = RawHttp.exchange(port, "TRACE / HTTP/1.1\r\nHost: x\r\nX-Secret: not-to-be-told\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 4").doesNotContain("not-to-be-told");
    }
}
