package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.registry.Client.Answer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What lies under which key, as the controller sees it and as the registry signs it (R17). */
class InventoryTest {
    private static final String INVENTORY = "/v1/keys/inventory";
    private static final String AUDIT = "/v1/keys/audit";
    private static final String STATEMENTS = "/v1/keys/inventory/statements";

    private final RegistryFixture fixture = RegistryFixture.prepared();

    @BeforeEach
    void start() {
        fixture.start();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void eachArtefactIsCountedUnderItsKeyAndNothingIsWrongAtFirst() {
        register("a", 1);
        register("b", 2);
        batch();
        OpenApi openApi = new OpenApi(controller());
        // the relay is at it
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> holding("kafka", "topic").path("rows").asLong(0) > 0);
        Answer inventory = openApi.check("get", INVENTORY, controller().get(INVENTORY));
        assertThat(inventory.lines().getLast().has("end")).isTrue();
        // two of each, and the holder and the record of the batch
        assertThat(holding("eventstore", "ciphertext_1").path("rows").asInt()).isEqualTo(6);
        assertThat(holding("eventstore", "event_tag").path("key").asString()).isEqualTo("reference-key");
        assertThat(holding("keyring", "holder_claim").path("rows").asInt()).isEqualTo(3);
        assertThat(holding("registry", "batch.chunk").path("key").asString()).isEqualTo("job-keys");
        assertThat(holding("keyring", "kek").path("version").asString()).endsWith("@test");

        Answer audit = openApi.check("get", AUDIT, controller().get(AUDIT));
        assertThat(audit.lines()).noneMatch(line -> line.has("finding"));
        assertThat(audit.lines().getLast().at("/end/findings").asInt(-1)).isZero();
    }

    @Test
    void aBatchWhoseKeyIsGoneAndAStreamWhoseKeyIsGoneAreFound() throws SQLException {
        register("a", 1);
        batch();
        execute(Database.KEYRING, "DELETE FROM keyring.data_key WHERE regime IN ('JOB', 'STATUTORY')");
        List<JsonNode> findings = controller().get(AUDIT).lines().stream()
                .filter(line -> line.has("finding"))
                .map(line -> line.path("finding"))
                .toList();
        assertThat(findings)
                .allMatch(finding -> finding.path("code").asString().equals("KEY_MISSING"))
                .anyMatch(finding -> finding.path("where").asString().equals("registry.batch.job"))
                .anyMatch(finding -> finding.path("where").asString().equals("eventstore.ciphertext_1")
                        && finding.path("rows").asInt() == 2);
    }

    @Test
    void anInventoryOfAKeyIsSignedOnlyWhenNothingIsLeftUnderIt() throws Exception {
        register("a", 1);
        OpenApi openApi = new OpenApi(controller());
        String live = holding("keyring", "kek").path("version").asString().split("@")[0];
        Answer refused = openApi.check("post", STATEMENTS, sign(live, "test"));
        assertThat(refused.code()).isEqualTo("KEY_STILL_NEEDED");
        Answer signed = openApi.check("post", STATEMENTS, sign("epoch-2020-01-01", "test"));
        assertThat(signed.status()).as(signed.text()).isEqualTo(200);
        String text = signed.json().path("statement").asString();
        JsonNode statement = JsonMapper.shared().readTree(text);
        assertThat(statement.path("label").asString()).isEqualTo("epoch-2020-01-01");
        assertThat(statement.path("artefacts").size()).isGreaterThan(8);
        assertThat(statement.path("artefacts"))
                .allMatch(artefact -> artefact.path("rows").asInt(-1) == 0)
                .anyMatch(artefact -> artefact.path("name").asString().equals("keyring.data_key"));

        Answer key = openApi.check("get", "/v1/keys/inventory-key", controller().get("/v1/keys/inventory-key"));
        assertThat(isSignedBy(key, signed)).isTrue();
        assertThat(sign(live, "elsewhere").status())
                .as("of another site this key has nothing")
                .isEqualTo(200);
        assertThat(sign("holder-index", "test").code()).isEqualTo("MALFORMED");
    }

    @Test
    void whatCannotBeWrittenDownIsNotSigned() throws SQLException {
        execute(Database.REGISTRY, "REVOKE INSERT ON keys.statement FROM rg_app");
        Answer answer = sign("epoch-2020-01-01", "test");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("KEYS_UNAVAILABLE");
        assertThat(answer.text()).doesNotContain("signature");
    }

    @Test
    void aBrokerWhoseNameDoesNotResolveIsAStoreThatWasNotSeen() {
        fixture.stop();
        fixture.with("DIPLOMATICS_KAFKA_BOOTSTRAPSERVERS", "kafka.invalid:9092").start();
        Answer audit = controller().get(AUDIT);
        assertThat(audit.status()).isEqualTo(200);
        assertThat(audit.lines())
                .anyMatch(line -> line.at("/finding/code").asString("").equals("NOT_SEEN")
                        && line.at("/finding/where").asString("").equals("kafka.topic"));
        assertThat(audit.lines().getLast().has("end")).isTrue();
        Answer refused = new OpenApi(controller()).check("post", STATEMENTS, sign("epoch-2020-01-01", "test"));
        assertThat(refused.status())
                .as("what was not counted is not signed away")
                .isEqualTo(503);
        assertThat(refused.code()).isEqualTo("KEYS_UNAVAILABLE");
        assertThat(controller().get(INVENTORY).lines())
                .as("nor does the inventory seem to be complete")
                .anyMatch(line -> line.at("/finding/code").asString("").equals("NOT_SEEN"));
    }

    @Test
    void afterARotationTheNewKeySignsAndTheOldOneNoLonger() throws Exception {
        Answer before = controller().get("/v1/keys/inventory-key");
        Answer begun = controller().post("/v1/keys/operations", "{\"kind\":\"inventory-key\"}");
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> controller()
                        .get(begun.header("Location"))
                        .json()
                        .path("state")
                        .asString("")
                        .equals("DONE"));

        Answer signed = sign("epoch-2020-01-01", "test");
        assertThat(isSignedBy(before, signed)).isFalse();
        assertThat(isSignedBy(controller().get("/v1/keys/inventory-key"), signed))
                .isTrue();
    }

    private static boolean isSignedBy(Answer key, Answer signed) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(
                        Base64.getDecoder().decode(key.json().path("publicKey").asString()))));
        verifier.update(("diplomatics key inventory v1\n"
                        + signed.json().path("statement").asString())
                .getBytes(StandardCharsets.UTF_8));
        return verifier.verify(
                Base64.getDecoder().decode(signed.json().path("signature").asString()));
    }

    @Test
    void nobodyButTheControllerSeesAnyOfIt() {
        for (String path : List.of(INVENTORY, AUDIT, "/v1/keys/inventory-key")) {
            assertThat(fixture.client().get(path).status()).isEqualTo(403);
            assertThat(fixture.client().as("").get(path).status()).isEqualTo(401);
        }
        assertThat(fixture.client()
                        .post(STATEMENTS, "{\"label\":\"epoch-2020-01-01\",\"custodian\":\"test\"}")
                        .status())
                .isEqualTo(403);
    }

    private JsonNode holding(String store, String artefact) {
        return controller().get(INVENTORY).lines().stream()
                .map(line -> line.path("holding"))
                .filter(holding -> holding.path("store").asString("").equals(store)
                        && holding.path("artefact").asString("").equals(artefact))
                .findFirst()
                .orElse(JsonMapper.shared().createObjectNode());
    }

    private Answer sign(String label, String custodian) {
        return controller().post(STATEMENTS, "{\"label\":\"" + label + "\",\"custodian\":\"" + custodian + "\"}");
    }

    private Client controller() {
        return fixture.client().as("controller:ann");
    }

    private void register(String reference, int number) {
        assertThat(fixture.client()
                        .post(
                                "/v1/qualifications",
                                Samples.registration("inventory-" + reference, Samples.insz(number)))
                        .status())
                .isEqualTo(201);
    }

    private void batch() {
        Answer begun = fixture.client()
                .with("Idempotency-Key", "inventory")
                .with("Content-Type", "application/x-ndjson")
                .post("/v1/batches", Samples.registration("inventory-batch", Samples.insz(9)) + "\n");
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> fixture.client()
                        .get(begun.header("Location"))
                        .json()
                        .path("state")
                        .asString("")
                        .equals("DONE"));
    }

    private void execute(Database database, String statement) throws SQLException {
        Login login = TestServices.postgres().superuser();
        try (Connection connection =
                DriverManager.getConnection(fixture.database(database).url(), login.username(), login.password())) {
            connection.createStatement().execute(statement);
        }
    }
}
