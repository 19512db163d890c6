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
import static org.assertj.core.api.Assertions.tuple;

import eu.diplomatics.custodian.CustodianConfiguration.Client;
import eu.diplomatics.custodian.CustodianConfiguration.Verb;
import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CustodianServerTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final byte[] KEY = filled(32, 7);

    @TempDir
    Path directory;

    private final AdjustableClock clock = new AdjustableClock(NOON);
    private CustodianFixture fixture;
    private CustodianServer server;
    private HttpClient registry;

    @BeforeEach
    void start() {
        Map<String, Client> clients = new HashMap<>(CustodianConfiguration.defaultClients());
        clients.put("query", new Client(Set.of(Verb.UNWRAP, Verb.INDEX), Set.of("holder-index"), 1, 2_000));
        fixture = new CustodianFixture(directory, clients);
        CustodianServer.initialise(fixture.configuration);
        server = CustodianServer.start(fixture.configuration, clock);
        registry = fixture.client("registry");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Nested
    class WhoMayCome {
        @Test
        void aClientWithoutCertificateGetsNoConnection() {
            HttpClient anonymous = CustodianFixture.client(fixture.authority, fixture.authority, null);
            assertThatThrownBy(() -> get(anonymous, server.uri(), "/health/readiness"))
                    .isInstanceOf(IOException.class);
        }

        @Test
        void aCertificateOfTheSameNameFromAnotherAuthorityGetsNoConnection() {
            LocalAuthority foreign = LocalAuthority.in(directory.resolve("foreign"));
            HttpClient forger = CustodianFixture.client(fixture.authority, foreign, "registry");
            assertThatThrownBy(() -> get(forger, server.uri(), "/health/readiness"))
                    .isInstanceOf(IOException.class);
        }

        @Test
        void olderProtocolsThanTls13GetNoConnection() {
            assertThatThrownBy(() -> get(fixture.oldClient("registry"), server.uri(), "/health/readiness"))
                    .isInstanceOf(IOException.class);
        }

        @Test
        void aNameThatIsNotConfiguredIsRefusedEverywhere() throws Exception {
            HttpClient stranger = fixture.client("custodian");
            HttpResponse<String> response = get(stranger, server.uri(), "/health/readiness");
            assertThat(response.statusCode()).isEqualTo(403);
            assertThat(code(response)).isEqualTo("CLIENT_UNKNOWN");
        }

        @Test
        void eachClientUsesItsOwnVerbsOnly() throws Exception {
            assertRefused("query", "/v1/wrap", wrapBody(KEY, "c"));
            assertRefused("query", "/v1/destroy", "{}");
            assertRefused("registry", "/v1/destroy", "{}");
            assertRefused("operator", "/v1/unwrap", "{}");
            assertRefused("operator", "/v1/index", indexBody("holder-index", 1));
            assertThat(code(get(registry, server.uri(), "/v1/status"))).isEqualTo("VERB_NOT_ALLOWED");
        }

        @Test
        void aClientUsesItsOwnIndexKeysOnly() throws Exception {
            HttpResponse<String> response = post(registry, server.uri(), "/v1/index", indexBody("access-log-index", 1));
            assertThat(response.statusCode()).isEqualTo(403);
            assertThat(code(response)).isEqualTo("KEY_NOT_ALLOWED");
        }

        private void assertRefused(String name, String path, String body) throws Exception {
            HttpResponse<String> response = post(fixture.client(name), server.uri(), path, body);
            assertThat(response.statusCode()).as(name + path).isEqualTo(403);
            assertThat(code(response)).isEqualTo("VERB_NOT_ALLOWED");
        }
    }

    @Nested
    class Wrapping {
        @Test
        void unwrapsWhatItWrappedUnderTheKeyOfTheDayInTheSameContext() throws Exception {
            JsonNode wrapped = wrap("kek 1");
            assertThat(wrapped.get("label").asString()).isEqualTo("epoch-2026-11-22");
            assertThat(wrapped.toString()).doesNotContain(base64(KEY));

            clock.advance(Duration.ofDays(1));
            JsonNode answer = json(post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1")));
            assertThat(answer.get("key").asString()).isEqualTo(base64(KEY));
            assertThat(wrap("kek 2").get("label").asString()).isEqualTo("epoch-2026-11-23");
        }

        @Test
        void anotherContextDoesNotUnwrap() throws Exception {
            HttpResponse<String> response =
                    post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrap("kek 1"), "kek 2"));
            assertThat(response.statusCode()).isEqualTo(422);
            assertThat(code(response)).isEqualTo("UNWRAP_FAILED");
        }

        @ParameterizedTest
        @ValueSource(strings = {"iv", "ciphertext"})
        void aChangedByteDoesNotUnwrap(String field) throws Exception {
            JsonNode wrapped = wrap("kek 1");
            byte[] bytes = Base64.getDecoder().decode(wrapped.get(field).asString());
            bytes[bytes.length / 2] ^= 1;
            var changed = wrapped.deepCopy().asObject().put(field, base64(bytes));
            HttpResponse<String> response = post(registry, server.uri(), "/v1/unwrap", unwrapBody(changed, "kek 1"));
            assertThat(code(response)).isEqualTo("UNWRAP_FAILED");
        }

        @Test
        void theIndexKeysUnwrapNothing() throws Exception {
            var changed = wrap("kek 1").deepCopy().asObject().put("label", "holder-index");
            assertThat(code(post(registry, server.uri(), "/v1/unwrap", unwrapBody(changed, "kek 1"))))
                    .isEqualTo("KEY_UNKNOWN");
        }

        @Test
        void aRestartKeepsTheKeys() throws Exception {
            JsonNode wrapped = wrap("kek 1");
            String index = index(registry, 3).body();
            server.close();
            server = CustodianServer.start(fixture.configuration, clock);
            assertThat(json(post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1")))
                            .get("key")
                            .asString())
                    .isEqualTo(base64(KEY));
            assertThat(index(registry, 3).body()).isEqualTo(index);
        }

        @Test
        void aClockThatFellBackMakesNoKeyOfAPastDay() throws Exception {
            wrap("kek 1");
            clock.advance(Duration.ofDays(-1));
            assertThat(code(post(registry, server.uri(), "/v1/wrap", wrapBody(KEY, "kek 1"))))
                    .isEqualTo("CLOCK_BEHIND");
        }
    }

    @Nested
    class Indexing {
        @Test
        void answersInTheOrderAskedAndAlwaysTheSame() throws Exception {
            JsonNode values = json(index(registry, 500)).get("values");
            assertThat(values).hasSize(500);
            assertThat(values.get(0)).isEqualTo(values.get(256)).isNotEqualTo(values.get(1));
            assertThat(json(index(registry, 500)).get("values")).isEqualTo(values);
        }

        @Test
        void aValueThatIsNoPseudonymIsRefused() throws Exception {
            String body = "{\"items\":[{\"key\":\"holder-index\",\"value\":\""
                    + base64("85616100129".getBytes(StandardCharsets.US_ASCII)) + "\"}]}";
            HttpResponse<String> response = post(registry, server.uri(), "/v1/index", body);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(code(response)).isEqualTo("VALUE_INVALID");
        }

        @Test
        void aClientBeyondItsQuotaIsToldWhenToComeBack() throws Exception {
            HttpClient query = fixture.client("query");
            assertThat(index(query, 2_000).statusCode()).isEqualTo(200);
            HttpResponse<String> response = index(query, 100);
            assertThat(response.statusCode()).isEqualTo(429);
            assertThat(code(response)).isEqualTo("QUOTA_EXCEEDED");
            assertThat(response.headers().firstValueAsLong("Retry-After").orElseThrow())
                    .isBetween(90L, 100L);
            assertThat(index(registry, 100).statusCode()).as("others go on").isEqualTo(200);
        }
    }

    @Nested
    class Destroying {
        private static final String HASH = "ab".repeat(32);

        @Test
        void theReceiptIsSignedAndTheKeyUnwrapsNothingAnyMore() throws Exception {
            JsonNode wrapped = wrap("kek 1");
            clock.advance(Duration.ofDays(1));
            HttpResponse<String> response = destroy("epoch-2026-11-22", "an.jacobs", "bo.peeters");
            assertThat(response.statusCode()).isEqualTo(200);
            JsonNode receipt = json(response);
            String statement = receipt.get("statement").asString();
            assertThat(verifies(statement, receipt.get("signature").asString())).isTrue();
            assertThat(verifies(statement + " ", receipt.get("signature").asString()))
                    .isFalse();
            assertThat(CustodianFixture.JSON
                            .readTree(statement)
                            .get("inventoryHash")
                            .asString())
                    .isEqualTo(HASH);

            HttpResponse<String> unwrap = post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"));
            assertThat(unwrap.statusCode()).isEqualTo(410);
            assertThat(code(unwrap)).isEqualTo("KEY_DESTROYED");
            server.close();
            server = CustodianServer.start(fixture.configuration, clock);
            assertThat(code(post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"))))
                    .as("after a restart too")
                    .isEqualTo("KEY_DESTROYED");
            assertThat(destroy("epoch-2026-11-22", "an.jacobs", "bo.peeters").body())
                    .as("a lost answer can be asked for again")
                    .isEqualTo(response.body());
        }

        @Test
        void keysInUseAndIndexKeysAreNotDestroyed() throws Exception {
            wrap("kek 1");
            for (String label : List.of("epoch-2026-11-22", "holder-index", "access-log-index", "receipt-signing")) {
                HttpResponse<String> response = destroy(label, "an.jacobs", "bo.peeters");
                assertThat(response.statusCode()).as(label).isEqualTo(409);
                assertThat(code(response)).isEqualTo("KEY_NOT_DESTROYABLE");
            }
        }

        @Test
        void anOlderCopyOfTheKeyFileBringsNothingBack() throws Exception {
            JsonNode wrapped = wrap("kek 1");
            Path keys = fixture.configuration.token().keyFile();
            Path copy = Files.copy(keys, directory.resolve("copy"));
            clock.advance(Duration.ofDays(1));
            String first =
                    destroy("epoch-2026-11-22", "an.jacobs", "bo.peeters").body();
            server.close();
            Files.copy(copy, keys, StandardCopyOption.REPLACE_EXISTING);
            server = CustodianServer.start(fixture.configuration, clock);
            assertThat(get(fixture.client("operator"), server.uri(), "/v1/status")
                            .body())
                    .doesNotContain("epoch-2026-11-22");
            assertThat(code(post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"))))
                    .isEqualTo("KEY_DESTROYED");
            assertThat(Files.readString(directory.resolve("audit/audit-2026-11-23.jsonl")))
                    .contains("\"AGAIN\"");
            assertThat(destroy("epoch-2026-11-22", "an.jacobs", "cas.maes").body())
                    .isEqualTo(first);
        }

        @Test
        void aKeyWithAReceiptIsNotUsedAndDestroyingItAgainKeepsTheFirstReceipt() throws Exception {
            JsonNode wrapped = wrap("kek 1");
            Path keys = fixture.configuration.token().keyFile();
            Path copy = Files.copy(keys, directory.resolve("copy"));
            clock.advance(Duration.ofDays(1));
            String first =
                    destroy("epoch-2026-11-22", "an.jacobs", "bo.peeters").body();
            // as a crash between receipt and destruction leaves it
            Path receipt = directory.resolve("audit/receipts/epoch-2026-11-22.json");
            server.close();
            Files.copy(copy, keys, StandardCopyOption.REPLACE_EXISTING);
            Files.move(receipt, directory.resolve("away"));
            server = CustodianServer.start(fixture.configuration, clock);
            Files.move(directory.resolve("away"), receipt);
            assertThat(code(post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"))))
                    .isEqualTo("KEY_DESTROYED");
            assertThat(destroy("epoch-2026-11-22", "an.jacobs", "cas.maes").body())
                    .isEqualTo(first);
            assertThat(get(fixture.client("operator"), server.uri(), "/v1/status")
                            .body())
                    .doesNotContain("epoch-2026-11-22");
        }

        @Test
        void aClockThatFellBackDoesNotMakeADestroyedKeyAnew() throws Exception {
            wrap("kek 1");
            clock.advance(Duration.ofDays(1));
            destroy("epoch-2026-11-22", "an.jacobs", "bo.peeters");
            clock.advance(Duration.ofDays(-1));
            assertThat(code(post(registry, server.uri(), "/v1/wrap", wrapBody(KEY, "kek 1"))))
                    .isEqualTo("CLOCK_BEHIND");
        }

        @Test
        void oneOperatorIsNotEnough() throws Exception {
            wrap("kek 1");
            clock.advance(Duration.ofDays(1));
            assertThat(code(destroy("epoch-2026-11-22", "an.jacobs", "An.Jacobs")))
                    .isEqualTo("VALUE_INVALID");
            assertThat(code(destroy("epoch-2026-11-22", "an.jacobs"))).isEqualTo("VALUE_INVALID");
        }

        private HttpResponse<String> destroy(String label, String... operators) throws Exception {
            var body =
                    CustodianFixture.JSON.createObjectNode().put("label", label).put("inventoryHash", HASH);
            var list = body.putArray("operators");
            List.of(operators).forEach(list::add);
            return post(fixture.client("operator"), server.uri(), "/v1/destroy", body.toString());
        }

        private boolean verifies(String statement, String signature) throws Exception {
            JsonNode status = json(get(fixture.client("operator"), server.uri(), "/v1/status"));
            byte[] key = Base64.getDecoder().decode(status.get("receiptKey").asString());
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(key)));
            verifier.update(("diplomatics destruction receipt v1\n" + statement).getBytes(StandardCharsets.UTF_8));
            return verifier.verify(Base64.getDecoder().decode(signature));
        }
    }

    @Nested
    class BadInput {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "null",
                    "[]",
                    "{",
                    "{\"key\":\"AAAA\"}",
                    "{\"key\":null,\"context\":\"AAAA\"}",
                    "{\"key\":\"AAAA\",\"context\":\"AAAA\",\"more\":1}",
                    "{\"key\":\"AAAA\",\"key\":\"AAAA\",\"context\":\"AAAA\"}",
                    "{\"key\":\"AAAA\",\"context\":\"AAAA\"} trailing",
                    "{\"key\":\"no base64!\",\"context\":\"AAAA\"}",
                    "{\"key\":12,\"context\":\"AAAA\"}"
                })
        void aBodyThatIsNotAsExpectedIsRefusedWithoutEcho(String body) throws Exception {
            HttpResponse<String> response = post(registry, server.uri(), "/v1/wrap", body);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(code(response)).isEqualTo("BODY_INVALID");
            assertThat(response.body()).doesNotContain("AAAA").doesNotContain("trailing");
        }

        @Test
        void sizesAreLimited() throws Exception {
            String large = "{\"items\":[" + " ".repeat(Messages.MAX_BODY_BYTES) + "]}";
            assertThat(post(registry, server.uri(), "/v1/index", large).statusCode())
                    .isEqualTo(413);
            assertThat(code(index(registry, 2_001))).isEqualTo("VALUE_INVALID");
            assertThat(code(post(registry, server.uri(), "/v1/wrap", wrapBody(filled(65, 1), "c"))))
                    .isEqualTo("VALUE_INVALID");
            assertThat(code(post(registry, server.uri(), "/v1/wrap", wrapBody(KEY, "c".repeat(300)))))
                    .isEqualTo("VALUE_INVALID");
            assertThat(code(post(registry, server.uri(), "/v1/index", "{\"items\":[null]}")))
                    .isEqualTo("BODY_INVALID");
        }

        @Test
        void methodPathAndMediaTypeAreChecked() throws Exception {
            assertThat(get(registry, server.uri(), "/v1/wrap").statusCode()).isEqualTo(405);
            assertThat(get(registry, server.uri(), "/v2/wrap").statusCode()).isEqualTo(404);
            HttpResponse<String> text = registry.send(
                    HttpRequest.newBuilder(server.uri().resolve("/v1/wrap"))
                            .POST(HttpRequest.BodyPublishers.ofString(wrapBody(KEY, "c")))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(text.statusCode()).isEqualTo(415);
        }
    }

    @Test
    void theAuditLogSaysWhoUsedWhichKeyAndHoldsNoValues() throws Exception {
        JsonNode wrapped = wrap("kek 1");
        index(registry, 500);
        post(fixture.client("query"), server.uri(), "/v1/wrap", wrapBody(KEY, "kek 1"));
        String audit = audit();
        assertThat(audit.lines().map(CustodianFixture.JSON::readTree))
                .extracting(
                        line -> line.get("client").asString(),
                        line -> line.get("verb").asString(),
                        line -> line.get("keys").toString(),
                        line -> line.get("outcome").asString())
                .containsExactly(
                        tuple("registry", "WRAP", "{\"epoch-2026-11-22\":1}", "OK"),
                        tuple("registry", "INDEX", "{\"holder-index\":500}", "OK"),
                        tuple("query", "WRAP", "{}", "VERB_NOT_ALLOWED"));
        assertThat(audit)
                .doesNotContain(base64(KEY))
                .doesNotContain(wrapped.get("ciphertext").asString())
                .doesNotContain(base64(filled(32, 1)).substring(0, 20));
    }

    @Test
    void aLogThatCannotBeWrittenMeansNoAnswer() throws Exception {
        JsonNode wrapped = wrap("kek 1");
        try (Stream<Path> files = Files.list(directory.resolve("audit"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        // the next day needs a new file, and a directory stands in its place
        Files.createDirectory(directory.resolve("audit/audit-2026-11-23.jsonl"));
        clock.advance(Duration.ofDays(1));
        HttpResponse<String> response = post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"));
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(code(response)).isEqualTo("AUDIT_UNAVAILABLE");
        assertThat(response.body()).doesNotContain(base64(KEY));
    }

    @Test
    void aKeyFileThatIsTakenAwayMeansNotReadyAndNoKey() throws Exception {
        JsonNode wrapped = wrap("kek 1");
        assertThat(get(registry, server.uri(), "/health/readiness").statusCode())
                .isEqualTo(200);
        Path file = fixture.configuration.token().keyFile();
        Files.move(file, directory.resolve("away"));
        assertThat(get(registry, server.uri(), "/health/readiness").statusCode())
                .isEqualTo(503);
        assertThat(code(post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"))))
                .isEqualTo("TOKEN_UNAVAILABLE");
        assertThat(code(index(registry, 1))).isEqualTo("TOKEN_UNAVAILABLE");
        Files.move(directory.resolve("away"), file);
        assertThat(get(registry, server.uri(), "/health/readiness").statusCode())
                .as("recovers by itself")
                .isEqualTo(200);
    }

    @Test
    void theStatusNamesEveryKeyAndNoKeyMaterial() throws Exception {
        wrap("kek 1");
        JsonNode status = json(get(fixture.client("operator"), server.uri(), "/v1/status"));
        assertThat(status.get("hardware").asBoolean()).isFalse();
        assertThat(status.get("labels").valueStream().map(JsonNode::asString))
                .containsExactly("access-log-index", "epoch-2026-11-22", "holder-index", "receipt-signing");
    }

    private JsonNode wrap(String context) throws Exception {
        HttpResponse<String> response = post(registry, server.uri(), "/v1/wrap", wrapBody(KEY, context));
        assertThat(response.statusCode()).isEqualTo(200);
        return json(response).get("wrapped");
    }

    private HttpResponse<String> index(HttpClient client, int count) throws Exception {
        return post(client, server.uri(), "/v1/index", indexBody("holder-index", count));
    }

    private String audit() throws IOException {
        return Files.readString(directory.resolve("audit/audit-2026-11-22.jsonl"));
    }
}
