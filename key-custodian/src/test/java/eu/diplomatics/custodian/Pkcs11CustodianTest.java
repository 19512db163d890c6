package eu.diplomatics.custodian;

import static eu.diplomatics.custodian.CustodianFixture.base64;
import static eu.diplomatics.custodian.CustodianFixture.code;
import static eu.diplomatics.custodian.CustodianFixture.filled;
import static eu.diplomatics.custodian.CustodianFixture.get;
import static eu.diplomatics.custodian.CustodianFixture.indexBody;
import static eu.diplomatics.custodian.CustodianFixture.json;
import static eu.diplomatics.custodian.CustodianFixture.post;
import static eu.diplomatics.custodian.CustodianFixture.unwrapBody;
import static eu.diplomatics.custodian.CustodianFixture.wrapBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A custodian whose keys are in a PKCS #11 token: what its clients notice, and what they do not. */
class Pkcs11CustodianTest {
    private static final byte[] KEY = filled(32, 7);
    private static final Duration SHORT = Duration.ofSeconds(3);

    @TempDir
    Path directory;

    private final AdjustableClock clock = new AdjustableClock(Instant.parse("2026-11-22T12:00:00Z"));
    private final Signers signers = new Signers();
    private SoftHsm hsm;
    private CustodianFixture fixture;
    private HttpClient registry;

    @BeforeEach
    void initialise() throws IOException {
        hsm = SoftHsm.in(Files.createDirectory(directory.resolve("hsm")));
        hsm.initialise("custodian");
        fixture = new CustodianFixture(
                directory, CustodianConfiguration.defaultClients(), hsm.token("custodian"), signers.authorities());
        registry = fixture.client("registry");
    }

    @Test
    void servesAsFromAFileAndOverARestart() throws Exception {
        CustodianServer.initialise(fixture.configuration);
        JsonNode wrapped;
        String index;
        try (CustodianServer server = start()) {
            wrapped = wrap(server);
            index = index(server).body();
        }
        clock.advance(Duration.ofDays(1));
        try (CustodianServer server = start()) {
            assertThat(json(unwrap(server, wrapped)).get("key").asString()).isEqualTo(base64(KEY));
            assertThat(index(server).body()).isEqualTo(index);
            JsonNode status = json(get(fixture.client("operator"), server.uri(), "/v1/status"));
            assertThat(status.get("token").asString()).isEqualTo("pkcs11");
            assertThat(status.get("hardware").asBoolean()).isFalse();
            assertThat(status.get("receiptAlgorithm").asString()).isEqualTo("SHA256withECDSA");
            assertThat(status.get("labels").valueStream().map(JsonNode::asString))
                    .containsExactly("access-log-index", "epoch-2026-11-22", "holder-index", "receipt-signing");

            assertThat(verifies(
                            status, json(destroy(server, "epoch-2026-11-22")).get("receipt")))
                    .isTrue();
            assertThat(code(unwrap(server, wrapped))).isEqualTo("KEY_DESTROYED");
            String rotation = "{\"key\":\"receipt-signing\",\"version\":2}";
            assertThat(post(fixture.client("operator"), server.uri(), "/v1/rotate", rotation)
                            .statusCode())
                    .isEqualTo(200);
        }
        AuditVerifier.Report report =
                AuditVerifier.verify(fixture.configuration.auditDirectory(), Optional.empty(), Optional.empty());
        assertThat(report.problem()).as("its audit log, sealed by the token").isEmpty();
        assertThat(report.signedBy()).hasSize(2);
    }

    /** By two operators, after the hold. */
    private HttpResponse<String> destroy(CustodianServer server, String label) throws Exception {
        String body = signers.destroyBody(signers.inventory(clock.instant(), label, 0))
                .toString();
        JsonNode asked = json(post(fixture.client("operator"), server.uri(), "/v1/destroy", body));
        String approval = Signers.object()
                .put("id", "destroy-" + label)
                .put("hash", asked.at("/pending/hash").asString())
                .toString();
        post(fixture.client("operator"), server.uri(), "/v1/approve", approval);
        post(fixture.client("operator-2"), server.uri(), "/v1/approve", approval);
        clock.advance(Approvals.HOLD);
        return post(fixture.client("operator"), server.uri(), "/v1/destroy", body);
    }

    @Test
    void refusesWhileTheTokenIsAwayAndServesAgainWithoutARestart() throws Exception {
        CustodianServer.initialise(fixture.configuration);
        try (CustodianServer server = start()) {
            JsonNode wrapped = wrap(server);
            String index = index(server).body();
            hsm.remove();
            assertThat(get(registry, server.uri(), "/health/readiness").statusCode())
                    .isEqualTo(503);
            for (HttpResponse<String> response : List.of(
                    unwrap(server, wrapped),
                    index(server),
                    post(registry, server.uri(), "/v1/wrap", wrapBody(KEY, "kek 2")),
                    get(fixture.client("operator"), server.uri(), "/v1/status"))) {
                assertThat(code(response)).isEqualTo("TOKEN_UNAVAILABLE");
            }
            hsm.putBack();
            awaitReady(server);
            assertThat(json(unwrap(server, wrapped)).get("key").asString()).isEqualTo(base64(KEY));
            assertThat(index(server).body()).isEqualTo(index);
        }
    }

    @Test
    void answersInTimeThatTheTokenIsSlow() throws Exception {
        CustodianServer.initialise(fixture.configuration);
        fixture =
                new CustodianFixture(directory, CustodianConfiguration.defaultClients(), hsm.token("custodian", SHORT));
        registry = fixture.client("registry");
        try (CustodianServer server = start()) {
            String index = index(server).body();
            Process holder = hsm.stall();
            try {
                long start = System.nanoTime();
                assertThat(code(index(server))).isEqualTo("TOKEN_UNAVAILABLE");
                assertThat(get(registry, server.uri(), "/health/readiness").statusCode())
                        .isEqualTo(503);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SHORT.multipliedBy(4));
            } finally {
                holder.destroyForcibly().waitFor();
            }
            awaitReady(server);
            assertThat(index(server).body()).isEqualTo(index);
        }
    }

    @Test
    void doesNotServeFromATokenThatLacksTheKeysItHasFromTheStart() {
        assertThatThrownBy(this::start)
                .isInstanceOfSatisfying(
                        TokenException.class, e -> assertThat(e.reason()).isEqualTo(TokenException.Reason.INCOMPLETE));
    }

    @Test
    void theCommandsMakeTokenAndKeysOnceAndSayWhatIsWrong() throws Exception {
        Path config = Files.writeString(directory.resolve("custodian.json"), """
                {"token": {"kind": "pkcs11", "library": "%s", "label": "second"},
                 "tls": {"keyStore": "tls/custodian.p12", "trustStore": "tls/trust.p12",
                         "passwordFile": "tls/store-password"},
                 "auditDirectory": "audit"}""".formatted(hsm.library()));
        assertThat(run("init", config, SoftHsm.PIN)).contains("error: ", "HINT: check token.library");
        assertThat(run("init-token", config, SoftHsm.PIN)).isEqualTo("initialised token second\n");
        assertThat(run("init-token", config, SoftHsm.PIN)).contains("error: ", "which is left as it is");
        assertThat(run("init", config, "wrong-1234")).contains("error: ", "HINT: check pinFile");
        assertThat(run("init", config, SoftHsm.PIN)).isEqualTo("made the keys in token second\n");
        assertThat(run("init", config, SoftHsm.PIN)).contains("error: ", "HINT: serve with the keys it has");
        assertThat(run("list", config, SoftHsm.PIN)).contains("holder-index check ", "receipt-signing\n");
        Files.writeString(config, Files.readString(config).replace("\"second\"", "\"other\""));
        assertThat(run("serve", config, SoftHsm.PIN)).contains("error: ", "HINT: check token.library");
    }

    private static String run(String command, Path config, String pin) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(all, true, StandardCharsets.UTF_8);
        CustodianApplication.run(
                List.of(command, "--config", config.toString()),
                Map.of(
                        CustodianConfiguration.TOKEN_PASSWORD,
                        pin,
                        CustodianConfiguration.OFFICER_PIN,
                        "the officer's own"),
                out,
                out);
        assertThat(all.toString(StandardCharsets.UTF_8)).doesNotContain(pin).doesNotContain("the officer's own");
        return all.toString(StandardCharsets.UTF_8);
    }

    private CustodianServer start() {
        return CustodianServer.start(fixture.configuration, clock);
    }

    private void awaitReady(CustodianServer server) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(
                                get(registry, server.uri(), "/health/readiness").statusCode())
                        .isEqualTo(200));
    }

    private JsonNode wrap(CustodianServer server) throws Exception {
        return json(post(registry, server.uri(), "/v1/wrap", wrapBody(KEY, "kek 1")))
                .get("wrapped");
    }

    private HttpResponse<String> unwrap(CustodianServer server, JsonNode wrapped) throws Exception {
        return post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"));
    }

    private HttpResponse<String> index(CustodianServer server) throws Exception {
        return post(registry, server.uri(), "/v1/index", indexBody("holder-index", 500));
    }

    /** By the algorithm and key that the status names. */
    private static boolean verifies(JsonNode status, JsonNode receipt) throws Exception {
        Base64.Decoder base64 = Base64.getDecoder();
        Signature verifier =
                Signature.getInstance(status.get("receiptAlgorithm").asString());
        verifier.initVerify(KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(
                        base64.decode(status.get("receiptKey").asString()))));
        verifier.update(("diplomatics destruction receipt v1\n"
                        + receipt.get("statement").asString())
                .getBytes(StandardCharsets.UTF_8));
        return verifier.verify(base64.decode(receipt.get("signature").asString()));
    }
}
