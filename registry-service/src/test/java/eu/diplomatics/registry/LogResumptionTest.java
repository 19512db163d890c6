package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.EventFrame;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.Ports;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.registry.Client.Answer;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.Proofs;
import eu.diplomatics.transparency.Resumption;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.witness.WitnessDirectory;
import eu.diplomatics.witness.WitnessProcess;
import eu.diplomatics.witness.WitnessedResumption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log's end is cut by the superuser of its server; two people of the controller's let it go on. */
class LogResumptionTest {
    private static final String PATH = "/v1/log/resumptions";
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    Path directory;

    private WitnessDirectory home;
    private VerifierKey witness;
    private WitnessProcess witnessProcess;
    private RegistryFixture fixture;
    private Client nobody;
    private OpenApi api;

    @BeforeEach
    void start() throws IOException {
        home = new WitnessDirectory(directory.resolve("witness"));
        witness = home.init("controller.example");
        int witnessPort = Ports.free();
        fixture = RegistryFixture.prepared()
                .with("DIPLOMATICS_TRANSPARENCY_INTERVAL", "200ms")
                .with("DIPLOMATICS_TRANSPARENCY_NAME", "registry.example")
                .with("DIPLOMATICS_TRANSPARENCY_WITNESS_URL", "http://127.0.0.1:" + witnessPort)
                .with("DIPLOMATICS_TRANSPARENCY_WITNESS_KEY", witness.text())
                .start();
        nobody = fixture.client().as("");
        api = new OpenApi(nobody);
        home.watch(key());
        witnessProcess = WitnessProcess.start(directory.resolve("witness"), witnessPort);
    }

    @AfterEach
    void close() {
        fixture.close();
        witnessProcess.close();
    }

    @Test
    void what_was_registered_before_stays_what_is_lost_is_told_and_the_log_goes_on() throws Exception {
        JsonNode kept = register("kept", 1);
        sealed(kept);
        VerifierKey oldKey = key();
        byte[] oldCheckpoint = nobody.get("/v1/log/checkpoint").text().getBytes(StandardCharsets.UTF_8);
        JsonNode lost = register("lost", 2);
        sealed(lost);
        cosigned(lost.path("position").asLong());
        cutBehind(kept.path("position").asLong());
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> nobody.get("/actuator/health/sealed").text().contains("LOG_CUT"));

        assertThat(fixture.client().post(PATH, reason()).status())
                .as("a supplier")
                .isEqualTo(403);
        Answer proposed = api.check("post", PATH, controller("ann").post(PATH, reason()));
        assertThat(proposed.status()).as(proposed.text()).isEqualTo(201);
        assertThat(proposed.json().path("keptSize").asLong())
                .isEqualTo(kept.path("position").asLong());
        byte[] note = proposed.json().path("statement").asString().getBytes(StandardCharsets.UTF_8);
        assertThat(confirm("bob", note).code())
                .as("the witness has not seen it")
                .isEqualTo("RESUMPTION_REFUSED");
        byte[] cosigned = WitnessedResumption.cosign(home, note, InstantSource.system());
        assertThat(confirm("ann", cosigned).text()).contains("SAME_PERSON");
        Answer begun = api.check("post", PATH + "/{incarnation}", confirm("bob", cosigned));
        assertThat(begun.status()).as(begun.text()).isEqualTo(200);
        assertThat(begun.json().path("firstPosition").asLong())
                .isEqualTo(lost.path("position").asLong() + 1);
        assertThat(confirm("bob", cosigned).json()).as("asked again").isEqualTo(begun.json());

        JsonNode again = register("lost", 2);
        assertThat(again.path("position").asLong())
                .isGreaterThan(begun.json().path("firstPosition").asLong());
        sealed(again);
        assertThat(key().name()).isEqualTo("registry.example/events/2");
        assertProven(kept);
        assertProven(again);
        Answer refused = nobody.get(proof(lost));
        assertThat(refused.status()).isEqualTo(410);
        assertThat(refused.code()).isEqualTo("REGISTER_AGAIN");
        cosigned(again.path("position").asLong());

        Answer all = api.check("get", PATH, nobody.get(PATH));
        Resumption declared = Resumption.verify(
                all.json().at("/resumptions/0/statement").asString().getBytes(StandardCharsets.UTF_8),
                List.of(oldKey),
                List.of(witness),
                1);
        assertThat(declared.to()).isEqualTo(key());
        assertFollows(oldKey, oldCheckpoint);
        long head = again.path("position").asLong();
        long behind = kept.path("position").asLong();
        assertThat(relayed(fixture.topic() + ".2.1", (int) (head - behind)))
                .as("the new topic has all behind what is kept")
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(behind + 1, head).boxed().toList());
        assertThat(controller("ann").post(PATH, reason()).text()).contains("NOTHING_LOST");
    }

    @Test
    void a_receipt_for_a_position_that_another_event_took_before_the_loss_was_found_is_told_by_its_leaf()
            throws Exception {
        JsonNode kept = register("kept", 1);
        sealed(kept);
        JsonNode lost = register("lost", 2);
        sealed(lost);
        cutBehind(kept.path("position").asLong());
        // the writer goes on behind what is left, as after a restore
        for (String table : List.of("ciphertext_1", "event_tag")) {
            superuser("DELETE FROM eventstore." + table + " WHERE position > "
                    + kept.path("position").asLong());
        }
        superuser(
                "UPDATE eventstore.head SET position = " + kept.path("position").asLong());
        JsonNode taken = register("taken", 3);
        assertThat(taken.path("position")).isEqualTo(lost.path("position"));

        byte[] note = controller("ann")
                .post(PATH, reason())
                .json()
                .path("statement")
                .asString()
                .getBytes(StandardCharsets.UTF_8);
        Answer begun = confirm("bob", WitnessedResumption.cosign(home, note, InstantSource.system()));
        assertThat(begun.status()).as(begun.text()).isEqualTo(200);
        sealed(taken);
        assertThat(nobody.get(proof(taken) + "?leaf=" + taken.path("leaf").asString())
                        .status())
                .isEqualTo(200);
        assertThat(nobody.get(proof(lost) + "?leaf=" + lost.path("leaf").asString())
                        .code())
                .isEqualTo("REGISTER_AGAIN");
        assertThat(nobody.get(proof(lost) + "?leaf=x").code()).isEqualTo("MALFORMED");
    }

    private void assertProven(JsonNode receipt) {
        JsonNode proof = nobody.get(proof(receipt)).json();
        TreeHead head = new CheckpointVerifier(key(), List.of(), 0)
                .verify(proof.path("checkpoint").asString().getBytes(StandardCharsets.UTF_8))
                .head();
        TreeHash leaf = TreeHash.of(HexFormat.of().parseHex(receipt.path("leaf").asString()));
        assertThat(Proofs.includes(head, receipt.path("position").asLong() - 1, leaf, hashes(proof)))
                .isTrue();
    }

    private void assertFollows(VerifierKey oldKey, byte[] oldCheckpoint) {
        TreeHead then = new CheckpointVerifier(oldKey, List.of(), 0)
                .verify(oldCheckpoint)
                .head();
        JsonNode proof =
                nobody.get("/v1/log/proof/consistency?from=" + then.size()).json();
        TreeHead now = new CheckpointVerifier(key(), List.of(), 0)
                .verify(proof.path("checkpoint").asString().getBytes(StandardCharsets.UTF_8))
                .head();
        assertThat(Proofs.consistent(then, now, hashes(proof))).isTrue();
        Answer kept = api.check(
                "get", "/v1/log/checkpoint", nobody.get("/v1/log/checkpoint?incarnation=1&size=" + then.size()));
        assertThat(kept.text()).startsWith(new String(oldCheckpoint, StandardCharsets.UTF_8).split("\u2014")[0]);
        assertThat(nobody.get("/v1/log/checkpoint?incarnation=3").code()).isEqualTo("MALFORMED");
    }

    private static List<TreeHash> hashes(JsonNode proof) {
        List<TreeHash> hashes = new ArrayList<>();
        proof.path("hashes")
                .forEach(hash -> hashes.add(TreeHash.of(Base64.getDecoder().decode(hash.asString()))));
        return hashes;
    }

    private TreeSet<Long> relayed(String topic, int count) {
        TreeSet<Long> positions = new TreeSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", fixture.kafka().bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> consumer.partitionsFor(topic), found -> found != null && !found.isEmpty())
                    .stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (record.headers().lastHeader("heartbeat") == null) {
                        positions.add(EventFrame.decode(record.value()).position());
                    }
                });
                return positions.size() >= count;
            });
        }
        return positions;
    }

    private static String reason() {
        return "{\"reasonCode\":\"TAIL_LOST\"}";
    }

    private static String proof(JsonNode receipt) {
        return "/v1/receipts/" + receipt.path("position").asLong() + "/proof";
    }

    private Answer confirm(String person, byte[] note) {
        return controller(person)
                .post(
                        PATH + "/2",
                        JSON.writeValueAsString(Map.of("statement", new String(note, StandardCharsets.UTF_8))));
    }

    private Client controller(String person) {
        return fixture.client().as("controller:" + person);
    }

    private JsonNode register(String reference, int person) {
        Answer answer = fixture.client()
                .post("/v1/qualifications", Samples.registration("loss-" + reference, Samples.insz(person)));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json();
    }

    private void sealed(JsonNode receipt) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> nobody.get(proof(receipt)).status() == 200);
    }

    private void cosigned(long size) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            String note = nobody.get("/v1/log/checkpoint").text();
            return note.contains("\u2014 controller.example ") && Long.parseLong(note.split("\n")[1]) >= size;
        });
    }

    private VerifierKey key() {
        return VerifierKey.parse(nobody.get("/v1/log/key").text().strip());
    }

    private void cutBehind(long position) throws SQLException {
        superuser("DELETE FROM eventstore.event WHERE position > " + position);
    }

    private void superuser(String sql) throws SQLException {
        Login login = TestServices.postgres().superuser();
        try (Connection connection = DriverManager.getConnection(
                        fixture.database(Database.EVENTSTORE).url(), login.username(), login.password());
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute(sql);
        }
    }
}
