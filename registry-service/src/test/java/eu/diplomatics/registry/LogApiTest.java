package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Ports;
import eu.diplomatics.registry.Client.Answer;
import eu.diplomatics.timestamp.TestTimeStampAuthority;
import eu.diplomatics.timestamp.TimeStamps;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.Proofs;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.witness.WitnessDirectory;
import eu.diplomatics.witness.WitnessProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The sealed log through the API: what somebody gets who has a receipt and says nothing about themselves. */
class LogApiTest {
    @TempDir
    static Path directory;

    private static RegistryFixture fixture;
    private static VerifierKey witness;
    private static WitnessProcess witnessProcess;
    private static TestTimeStampAuthority authority;
    private static Client nobody;
    private static OpenApi api;
    private static JsonNode first;
    private static JsonNode last;

    @BeforeAll
    static void registerAndSeal() throws IOException {
        WitnessDirectory home = new WitnessDirectory(directory.resolve("witness"));
        witness = home.init("controller.example");
        int witnessPort = Ports.free();
        authority = TestTimeStampAuthority.start(Instant.now());
        Path certificates = directory.resolve("authority.der");
        Files.write(certificates, authority.rootBytes());
        fixture = RegistryFixture.prepared()
                .with("DIPLOMATICS_TRANSPARENCY_INTERVAL", "200ms")
                .with("DIPLOMATICS_TRANSPARENCY_NAME", "registry.example")
                .with("DIPLOMATICS_TRANSPARENCY_WITNESS_URL", "http://127.0.0.1:" + witnessPort)
                .with("DIPLOMATICS_TRANSPARENCY_WITNESS_KEY", witness.text())
                .with("DIPLOMATICS_TRANSPARENCY_TIMESTAMPS_URL", authority.uri().toString())
                .with("DIPLOMATICS_TRANSPARENCY_TIMESTAMPS_CERTIFICATES", certificates.toString())
                .with("DIPLOMATICS_TRANSPARENCY_TIMESTAMPS_EVERY", "200ms")
                .start();
        nobody = fixture.client().as("");
        api = new OpenApi(nobody);
        first = register(1);
        sealed(first);
        assertThat(nobody.get("/actuator/health/cosigned").text())
                .as("sealed without")
                .contains("UNREACHABLE");
        home.watch(key());
        witnessProcess = WitnessProcess.start(directory.resolve("witness"), witnessPort);
        for (int i = 2; i < 20; i++) {
            register(i);
        }
        last = register(20);
        sealed(last);
    }

    @AfterAll
    static void close() {
        fixture.close();
        witnessProcess.close();
        authority.close();
    }

    @Test
    void a_receipt_is_proven_under_a_checkpoint_that_is_signed() {
        for (JsonNode receipt : List.of(first, last)) {
            String path = "/v1/receipts/{position}/proof";
            long position = receipt.path("position").asLong();
            JsonNode proof = api.check("GET", path, nobody.get("/v1/receipts/" + position + "/proof"))
                    .json();
            TreeHead head = head(proof.path("checkpoint").asString());
            assertThat(proof.path("leaf")).isEqualTo(receipt.path("leaf"));
            assertThat(head.size()).isEqualTo(proof.path("size").asLong());
            assertThat(Proofs.includes(head, position - 1, leaf(receipt), hashes(proof)))
                    .isTrue();
        }
    }

    @Test
    void the_log_only_grew_between_two_checkpoints() {
        long position = first.path("position").asLong();
        JsonNode earlier = nobody.get("/v1/receipts/" + position + "/proof").json();
        assertThat(earlier.path("size").asLong()).isGreaterThan(position);
        JsonNode proof = api.check(
                        "GET", "/v1/log/proof/consistency", nobody.get("/v1/log/proof/consistency?from=" + firstSize))
                .json();
        TreeHead now = head(proof.path("checkpoint").asString());
        TreeHead then = head(nobody.get("/v1/log/checkpoint?size=" + firstSize).text());
        assertThat(Proofs.consistent(then, now, hashes(proof))).isTrue();
        JsonNode old = api.check(
                        "GET",
                        "/v1/log/proof/inclusion",
                        nobody.get("/v1/log/proof/inclusion?position=" + position + "&size=" + firstSize))
                .json();
        assertThat(Proofs.includes(then, position - 1, leaf(first), hashes(old)))
                .isTrue();
    }

    @Test
    void the_controllers_witness_cosigns_what_it_missed_once_it_is_there() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> nobody.get("/v1/log/checkpoint").text().contains("\u2014 controller.example "));
        byte[] note = nobody.get("/v1/log/checkpoint").text().getBytes(StandardCharsets.UTF_8);
        assertThat(new CheckpointVerifier(key(), List.of(witness), 1)
                        .verify(note)
                        .cosignatures())
                .hasSize(1);
        assertThat(nobody.get("/actuator/health/cosigned").json().path("status").asString())
                .isEqualTo("UP");
    }

    @Test
    void a_proof_with_a_time_stamp_is_there_once_a_checkpoint_was_stamped() {
        String path = "/v1/receipts/" + first.path("position").asLong() + "/proof?stamped=true";
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> nobody.get(path).status() == 200);
        JsonNode proof = api.check("GET", "/v1/receipts/{position}/proof", nobody.get(path))
                .json();
        byte[] note = proof.path("checkpoint").asString().getBytes(StandardCharsets.UTF_8);
        byte[] token = Base64.getDecoder().decode(proof.path("timeStamp").asString());
        assertThat(TimeStamps.trusting(authority.rootBytes())
                        .verify(SignedNote.parse(note).firstSignedBytes(), token)
                        .authority())
                .isEqualTo("CN=Test authority");
        assertThat(Proofs.includes(
                        head(proof.path("checkpoint").asString()),
                        first.path("position").asLong() - 1,
                        leaf(first),
                        hashes(proof)))
                .isTrue();
    }

    @Test
    void checkpoint_key_and_tiles_are_served_as_c2sp_says() {
        Answer checkpoint = api.check("GET", "/v1/log/checkpoint", nobody.get("/v1/log/checkpoint"));
        TreeHead head = head(checkpoint.text());
        assertThat(checkpoint.text()).startsWith("registry.example/events/1\n" + head.size() + "\n");
        api.check("GET", "/v1/log/key", nobody.get("/v1/log/key"));
        Answer tile = api.check("GET", "/v1/log/tile/{path}", nobody.get("/v1/log/tile/0/000.p/" + head.size()));
        assertThat(tile.header("Cache-Control")).contains("immutable");
        assertThat(tile.header("Content-Length")).isEqualTo(Long.toString(32 * head.size()));
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/log/tile/0/000, 404, NOT_FOUND",
        "/v1/log/tile/0/0, 404, NOT_FOUND",
        "/v1/log/tile/x, 404, NOT_FOUND",
        "/v1/log/checkpoint?size=999999, 404, UNKNOWN_CHECKPOINT",
        "/v1/log/checkpoint?size=x, 400, MALFORMED",
        "/v1/log/checkpoint?size=, 400, MALFORMED",
        "/v1/log/checkpoint?size=1&size=2, 400, DUPLICATE_KEY",
        "/v1/log/checkpoint?siez=1, 400, UNKNOWN_FIELD",
        "/v1/log/proof/inclusion, 400, MALFORMED",
        "/v1/log/proof/inclusion?position=1&position=2, 400, DUPLICATE_KEY",
        "/v1/log/proof/inclusion?position=1&size=, 400, MALFORMED",
        "/v1/log/proof/consistency?from=1&from=1, 400, DUPLICATE_KEY",
        "/v1/log/proof/consistency?from=1&to=, 400, MALFORMED",
        "/v1/receipts/1/proof?stamped=maybe, 400, MALFORMED",
        "/v1/receipts/1/proof?stamped, 400, MALFORMED",
        "/v1/receipts/1/proof?stamped=true&st%61mped=false, 400, DUPLICATE_KEY",
        "/v1/receipt-keys?x=1, 400, UNKNOWN_FIELD",
        "/v1/log/proof/inclusion?position=0, 400, MALFORMED",
        "/v1/log/proof/inclusion?position=-1, 400, MALFORMED",
        "/v1/log/proof/inclusion?position=99999999999999999999, 400, MALFORMED",
        "/v1/log/proof/inclusion?position=999999, 404, UNKNOWN_POSITION",
        "/v1/receipts/999999/proof, 404, UNKNOWN_POSITION",
        "/v1/receipts/one/proof, 400, MALFORMED",
        "/v1/log/proof/consistency?from=0, 400, MALFORMED",
        "/v1/log/proof/consistency?from=999999, 400, MALFORMED",
        "/v1/log/proof/consistency?from=1&to=999999, 404, UNKNOWN_CHECKPOINT"
    })
    void what_is_not_there_is_refused_with_a_code(String path, int status, String code) {
        Answer answer = nobody.get(path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
    }

    @Test
    void health_and_metrics_say_how_far_sealing_is() {
        JsonNode health = nobody.get("/actuator/health/sealed").json();
        assertThat(health.path("status").asString()).isEqualTo("UP");
        assertThat(health.path("details").path("size").asLong())
                .isGreaterThanOrEqualTo(last.path("position").asLong());
        assertThat(nobody.get("/actuator/metrics/diplomatics.log.sealed")
                        .json()
                        .path("measurements")
                        .path(0)
                        .path("value")
                        .asLong())
                .isGreaterThanOrEqualTo(last.path("position").asLong());
    }

    private static long firstSize;

    private static JsonNode register(int person) {
        Answer answer = fixture.client()
                .post("/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(person)));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json();
    }

    private static void sealed(JsonNode receipt) {
        String path = "/v1/receipts/" + receipt.path("position").asLong() + "/proof";
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> nobody.get(path).status() == 200);
        if (firstSize == 0) {
            firstSize = nobody.get(path).json().path("size").asLong();
        }
    }

    private static VerifierKey key() {
        return VerifierKey.parse(nobody.get("/v1/log/key").text().strip());
    }

    private static TreeHead head(String note) {
        return new CheckpointVerifier(key(), List.of(), 0)
                .verify(note.getBytes(StandardCharsets.UTF_8))
                .head();
    }

    private static TreeHash leaf(JsonNode receipt) {
        return TreeHash.of(HexFormat.of().parseHex(receipt.path("leaf").asString()));
    }

    private static List<TreeHash> hashes(JsonNode proof) {
        List<TreeHash> hashes = new ArrayList<>();
        proof.path("hashes")
                .forEach(hash -> hashes.add(TreeHash.of(Base64.getDecoder().decode(hash.asString()))));
        return hashes;
    }
}
