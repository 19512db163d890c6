package eu.diplomatics.custodian;

import static eu.diplomatics.custodian.CustodianFixture.code;
import static eu.diplomatics.custodian.CustodianFixture.get;
import static eu.diplomatics.custodian.CustodianFixture.indexBody;
import static eu.diplomatics.custodian.CustodianFixture.json;
import static eu.diplomatics.custodian.CustodianFixture.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What readiness says while a token of SoftHSM2 is in each of its states, and that it comes out of them. */
class TokenStatesTest {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    @TempDir
    Path directory;

    private final AdjustableClock clock = new AdjustableClock(Instant.parse("2026-11-22T12:00:00Z"));
    private SoftHsm hsm;
    private Path pinFile;
    private HttpClient registry;
    private CustodianServer server;

    @BeforeEach
    void start() throws IOException {
        hsm = SoftHsm.in(Files.createDirectory(directory.resolve("hsm")));
        hsm.initialise("custodian");
        CustodianConfiguration.Token.Pkcs11 token = hsm.token("custodian", LIMIT);
        pinFile = Path.of(String.valueOf(token.passwordFile()));
        CustodianFixture fixture = new CustodianFixture(directory, CustodianConfiguration.defaultClients(), token);
        registry = fixture.client("registry");
        CustodianServer.initialise(fixture.configuration);
        server = CustodianServer.start(fixture.configuration, clock);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void missing() throws Exception {
        String index = index().body();
        hsm.remove();
        assertThat(code(index())).isEqualTo("TOKEN_UNAVAILABLE");
        awaitState("MISSING", "is then opened by itself");
        hsm.putBack();
        awaitReady();
        assertThat(index().body()).isEqualTo(index);
    }

    @Test
    void failedAtOnceWhenItIsTakenAway() throws Exception {
        hsm.remove();
        JsonNode state = json(readiness());
        assertThat(state.get("token").asString()).isEqualTo("FAILED");
        assertThat(state.get("code").asString()).isEqualTo("TOKEN_UNAVAILABLE");
        assertThat(state.get("status").asString()).isEqualTo("NOT_READY");
        hsm.putBack();
        awaitReady();
    }

    @Test
    void keysLostWhenAnotherTokenHasItsLabelAndPin() throws Exception {
        hsm.remove();
        hsm.initialise("custodian");
        awaitState("KEYS_LOST", "never run custodian init");
        hsm.putBack();
        awaitReady();
    }

    @Test
    void aRefusedPinIsNotTriedAgainAndAnotherOneOpensTheTokenWithoutARestart() throws Exception {
        String index = index().body();
        hsm.remove();
        assertThat(code(index())).isEqualTo("TOKEN_UNAVAILABLE");
        hsm.changePinWhileAway("custodian", SoftHsm.PIN, "another-1234");
        hsm.putBack();
        awaitState("PIN_REFUSED", "put the right PIN into pinFile");
        await().during(Duration.ofMillis(1_500))
                .atMost(Duration.ofSeconds(60))
                .until(() -> code(index()).equals("TOKEN_UNAVAILABLE"));
        Files.writeString(pinFile, "another-1234\n");
        awaitReady();
        assertThat(index().body()).isEqualTo(index);
    }

    @Test
    void slowAndThenHangingWithoutKeepingAnybodyWaiting() throws Exception {
        String index = index().body();
        Process holder = hsm.stall();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            assertThat(code(index())).isEqualTo("TOKEN_UNAVAILABLE");
            assertThat(since(start)).isBetween(LIMIT, LIMIT.multipliedBy(2));
            assertThat(json(readiness()).get("token").asString()).isEqualTo("SLOW");

            // more than may hang at once, and all answered in time
            start = System.nanoTime();
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                answers.add(callers.submit(() -> code(index())));
            }
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isIn("TOKEN_UNAVAILABLE", "BUSY");
            }
            assertThat(since(start)).isLessThan(LIMIT.multipliedBy(3));

            start = System.nanoTime();
            HttpResponse<String> busy = index();
            assertThat(code(busy)).isEqualTo("BUSY");
            assertThat(busy.headers().firstValue("Retry-After")).contains("1");
            JsonNode state = json(readiness());
            assertThat(state.get("token").asString()).isEqualTo("HANGING");
            assertThat(state.get("hint").asString()).contains("restart the custodian");
            assertThat(since(start)).isLessThan(LIMIT);
        } finally {
            holder.destroyForcibly().waitFor();
        }
        awaitReady();
        assertThat(index().body()).isEqualTo(index);
    }

    @Test
    void readinessIsForConfiguredClientsAndForGetOnly() throws Exception {
        assertThat(code(post(registry, server.uri(), "/health/readiness", "{}")))
                .isEqualTo("METHOD_NOT_ALLOWED");
        assertThat(readiness().body()).isEqualTo("{\"status\":\"READY\",\"hardware\":false}");
    }

    private void awaitState(String state, String hint) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            HttpResponse<String> answer = readiness();
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(json(answer).get("token").asString()).isEqualTo(state);
            assertThat(json(answer).get("hint").asString()).contains(hint);
        });
    }

    private void awaitReady() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(readiness().statusCode()).isEqualTo(200));
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private HttpResponse<String> readiness() throws Exception {
        return get(registry, server.uri(), "/health/readiness");
    }

    private HttpResponse<String> index() throws Exception {
        return post(registry, server.uri(), "/v1/index", indexBody("holder-index", 5));
    }
}
