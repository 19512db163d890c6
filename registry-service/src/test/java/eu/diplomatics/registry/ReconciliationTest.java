package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.receipt.CanonicalJson;
import eu.diplomatics.receipt.ReceiptVerifier;
import eu.diplomatics.registry.Client.Answer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R12: an institution learns what of its own is missing on either side, by digests under a key of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReconciliationTest {
    private static final String PATH = "/v1/reconciliations";
    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final RegistryFixture fixture = RegistryFixture.prepared();
    private final List<String> rows = new ArrayList<>();
    private final List<String> references = new ArrayList<>();

    @BeforeAll
    void register() {
        fixture.start();
        for (int n = 1; n <= 5; n++) {
            rows.add(Samples.registration(Samples.reference(), Samples.insz(n)));
        }
        rows.add(Samples.withoutNumber(Samples.reference(), "L-1", "Ní Dhomhnaill"));
        for (String row : rows) {
            Answer answer = fixture.client().post("/v1/qualifications", row);
            assertThat(answer.status()).as(answer.text()).isEqualTo(201);
            references.add(answer.json().path("reference").asString());
        }
    }

    @AfterAll
    void close() {
        fixture.close();
    }

    private static byte[] hmac(String... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            return mac.doFinal(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String canonicalHash(JsonNode node) {
        try {
            Map<String, Object> members = JsonMapper.shared().convertValue(node, new TypeReference<>() {});
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CanonicalJson.bytes(members)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As docs/reconciliation.md tells an institution to make it. */
    private static String line(String row) {
        JsonNode json = JsonMapper.shared().readTree(row);
        String reference = json.path("supplierReference").asString();
        return "{\"reference\":\"" + HexFormat.of().formatHex(hmac("reference", reference)) + "\",\"record\":\""
                + HexFormat.of()
                        .formatHex(hmac(
                                "record",
                                reference,
                                canonicalHash(json.path("basis")),
                                canonicalHash(json.path("holder"))))
                + "\"}";
    }

    private static String list(List<String> records) {
        StringBuilder body = new StringBuilder("{\"digestKey\":\"")
                .append(Base64.getUrlEncoder().withoutPadding().encodeToString(KEY))
                .append("\"}\n");
        records.forEach(row -> body.append(line(row)).append('\n'));
        return body.toString();
    }

    private static Client ndjson(Client client) {
        return client.with("Content-Type", "application/x-ndjson");
    }

    private Answer send(String query, String body) {
        return ndjson(fixture.client()).post(PATH + query, body);
    }

    private JsonNode statement(String query, List<String> records) {
        OpenApi openApi = new OpenApi(fixture.client());
        Answer begun = openApi.check("post", PATH, send(query, list(records)));
        assertThat(begun.status()).isEqualTo(202);
        String address = begun.header("Location");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !fixture.client()
                        .get(address)
                        .json()
                        .path("state")
                        .asString()
                        .equals("RUNNING"));
        Answer done = openApi.check("get", PATH + "/{id}", fixture.client().get(address));
        assertThat(done.json().path("state").asString()).as(done.text()).isEqualTo("DONE");
        assertThat(fixture.client().as("supplier:ugent").get(address).status())
                .as("only its own supplier sees it")
                .isEqualTo(404);
        return done.json().path("statement");
    }

    @Test
    void whatBothHaveTheSameIsCountedAndTheStatementIsSigned() {
        JsonNode statement = statement("", rows);
        assertThat(statement.path("same").asInt()).isEqualTo(6);
        assertThat(statement.path("ours").asInt()).isEqualTo(6);
        assertThat(statement.path("yours").asInt()).isEqualTo(6);
        assertThat(statement.at("/missingHere/count").asInt()).isZero();
        assertThat(statement.at("/missingThere/count").asInt()).isZero();
        assertThat(statement.at("/different/count").asInt()).isZero();
        ReceiptVerifier verifier =
                ReceiptVerifier.ofJson(fixture.client().get("/v1/receipt-keys").text());
        assertThat(verifier.verify(statement.toString())).isEqualTo(ReceiptVerifier.Result.VALID);
        assertThat(verifier.verify(statement.toString().replace("\"same\":6", "\"same\":7")))
                .isEqualTo(ReceiptVerifier.Result.INVALID);
        assertThat(statement.toString()).doesNotContain(Samples.insz(1)).doesNotContain("Dhomhnaill");
    }

    @Test
    void whatIsMissingOnEitherSideAndWhatDiffersIsNamed() {
        String lost = Samples.registration("TEST-lost-" + UUID.randomUUID(), Samples.insz(77));
        String other = rows.get(1).replace("sociologie\"", "wijsbegeerte\"");
        assertThat(other).isNotEqualTo(rows.get(1));
        String otherHolder = rows.get(2).replace(Samples.insz(3), Samples.insz(4));
        JsonNode statement = statement("", List.of(rows.getFirst(), other, otherHolder, lost, rows.getFirst()));

        assertThat(statement.path("same").asInt()).isEqualTo(1);
        assertThat(statement.path("repeated").asInt()).isEqualTo(1);
        assertThat(statement.at("/missingHere/count").asInt()).isEqualTo(1);
        assertThat(statement.at("/missingHere/named/0/line").asInt()).isEqualTo(4);
        assertThat(statement.at("/different/count").asInt()).isEqualTo(2);
        assertThat(statement.at("/different/named"))
                .extracting(each -> each.path("reference").asString())
                .containsExactly(references.get(1), references.get(2));
        assertThat(statement.at("/different/named/0/line").asInt()).isEqualTo(2);
        assertThat(statement.at("/missingThere/named"))
                .extracting(each -> each.path("reference").asString())
                .containsExactlyElementsOf(references.subList(3, 6));
    }

    @Test
    void aListWithNothingButItsKeyFetchesWhatTheRegistryHolds() {
        JsonNode statement = statement("", List.of());
        assertThat(statement.at("/missingThere/count").asInt()).isEqualTo(6);
    }

    @Test
    void aListInPartsComesToTheSame() {
        int same = 0;
        for (int part = 0; part < 3; part++) {
            int now = part;
            List<String> mine = rows.stream()
                    .filter(row -> Integer.parseInt(
                                            JsonMapper.shared()
                                                    .readTree(line(row))
                                                    .path("reference")
                                                    .asString()
                                                    .substring(0, 2),
                                            16)
                                    % 3
                            == now)
                    .toList();
            JsonNode statement = statement("?part=" + part + "&parts=3", mine);
            assertThat(statement.path("ours").asInt()).isEqualTo(mine.size());
            same += statement.path("same").asInt();
        }
        assertThat(same).isEqualTo(6);
    }

    @Test
    void whatIsNoListIsRefusedWithItsPlace() {
        assertThat(send("", "{\"digestKey\":\"AAAA\"}\n")
                        .json()
                        .at("/errors/0/pointer")
                        .asString())
                .isEqualTo("line/0");
        Answer broken = send("", list(rows) + "{\"reference\":\"00\",\"record\":\"11\"}\n");
        assertThat(broken.status()).isEqualTo(400);
        assertThat(broken.json().at("/errors/0/pointer").asString()).isEqualTo("line/7");
        assertThat(send("", list(rows) + "x".repeat(500)).status()).isEqualTo(400);
        assertThat(send("?part=3&parts=3", list(rows))
                        .json()
                        .at("/errors/0/pointer")
                        .asString())
                .isEqualTo("query/part");
        assertThat(send("?part=0&parts=64", list(rows)).status())
                .as("of another part")
                .isEqualTo(400);
        assertThat(fixture.client().post(PATH, "{}").status()).isEqualTo(415);
        assertThat(ndjson(fixture.client().as("agency:one"))
                        .post(PATH, list(rows))
                        .status())
                .isEqualTo(403);
    }
}
