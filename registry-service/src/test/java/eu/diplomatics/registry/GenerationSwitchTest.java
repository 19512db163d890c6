package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.generation.Reencryption;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.registry.Client.Answer;
import eu.diplomatics.registry.relay.Relay;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.Opening;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("While the log goes over to a new key generation (R16)")
class GenerationSwitchTest {
    private static final int CALLERS = 4;
    private static final int GENERATIONS = 3;
    private static final int PARTITIONS = 4;

    @Test
    void no_caller_notices_and_nothing_is_lost_or_doubled() throws Exception {
        try (RegistryFixture fixture = RegistryFixture.prepared().start()) {
            Reencryption reencryption = fixture.bean(Reencryption.class);
            AtomicInteger person = new AtomicInteger();
            AtomicBoolean ended = new AtomicBoolean();
            int events = 0;
            try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS + 1)) {
                List<Future<Integer>> busy = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    busy.add(callers.submit(() -> registerAndChange(fixture.client(), person, ended)));
                }
                busy.add(callers.submit(() -> sendFiles(fixture.client(), person, ended)));
                try {
                    for (int generation = 2; generation <= GENERATIONS; generation++) {
                        int before = person.get();
                        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> person.get() > before + 20);
                        assertThat(reencryption.copyAndSwitch((position, head) -> {}))
                                .isEqualTo(generation);
                        Awaitility.await()
                                .atMost(Duration.ofSeconds(60))
                                .until(() ->
                                        reencryption.drop(reencryption.state().generation() - 1));
                        int current = generation;
                        Awaitility.await()
                                .atMost(Duration.ofMinutes(1))
                                .until(() -> fixture.bean(Relay.class).hasBegun(current));
                    }
                } finally {
                    ended.set(true);
                }
                for (Future<Integer> each : busy) {
                    events += each.get();
                }
            }
            EventReader reader = fixture.bean(EventReader.class);
            assertThat(reader.head().position()).isEqualTo(events);
            assertThat(allOpened(fixture)).isEqualTo(events);
            topicsFollow(fixture, events);
        }
    }

    @Test
    void the_operation_goes_on_where_a_kill_left_it_and_takes_topic_keys_and_table_of_the_old_one() throws Exception {
        try (RegistryFixture fixture = RegistryFixture.prepared().start()) {
            String location = fixture.client()
                    .post("/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(1)))
                    .header("Location");
            fixture.bean(Reencryption.class).copyAndSwitch((position, head) -> {});
            fixture.stop();
            fixture.start();
            Client controller = fixture.client().as("controller:ann");
            Answer begun = controller.post("/v1/keys/operations", "{\"kind\":\"data-keys\"}");
            assertThat(begun.status()).as(begun.text()).isEqualTo(202);
            String operation = "/v1/keys/operations/" + begun.json().path("id").asString();
            awaitDone(controller, operation);
            assertThat(fixture.bean(Reencryption.class).state().generation()).isEqualTo(2);
            // as a kill leaves it that comes when all is done, and before that was noted
            try (Connection connection = superuser(fixture);
                    Statement statement = connection.createStatement()) {
                statement.execute("UPDATE keys.operation SET state = 'RUNNING', finished_at = NULL");
            }
            awaitDone(controller, operation);
            assertThat(fixture.bean(Reencryption.class).state().generation()).isEqualTo(2);
            assertThat(keysOf(fixture, 1)).isZero();
            assertThat(keysOf(fixture, 2)).isEqualTo(2);
            assertThat(fixture.client()
                            .post(location + "/annulment", Samples.reason("DECIDED"))
                            .status())
                    .isEqualTo(200);
            try (Admin admin =
                    Admin.create(Map.of("bootstrap.servers", fixture.kafka().bootstrapServers()))) {
                assertThat(admin.listTopics().names().get())
                        .contains(fixture.topic() + ".2")
                        .doesNotContain(fixture.topic());
            }
        }
    }

    private static void awaitDone(Client controller, String operation) {
        String state = Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(
                        () -> controller.get(operation).json().path("state").asString(),
                        List.of("DONE", "FAILED")::contains);
        assertThat(state).isEqualTo("DONE");
    }

    private static Connection superuser(RegistryFixture fixture) throws SQLException {
        Login login = TestServices.postgres().superuser();
        return DriverManager.getConnection(
                fixture.database(Database.REGISTRY).url(), login.username(), login.password());
    }

    private static long keysOf(RegistryFixture fixture, int generation) throws Exception {
        var keyring = fixture.database(Database.KEYRING);
        try (Connection connection = DriverManager.getConnection(
                        keyring.url(),
                        keyring.role("registry").username(),
                        keyring.role("registry").password());
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "SELECT count(*) FROM keyring.data_key WHERE regime <> 'JOB' AND generation = " + generation)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static int registerAndChange(Client client, AtomicInteger person, AtomicBoolean ended) {
        int events = 0;
        while (!ended.get()) {
            Answer registered = client.post(
                    "/v1/qualifications",
                    Samples.registration(Samples.reference(), Samples.insz(person.getAndIncrement())));
            assertThat(registered.status()).as(registered.text()).isEqualTo(201);
            Answer annulled = client.post(registered.header("Location") + "/annulment", Samples.reason("DECIDED"));
            assertThat(annulled.status()).as(annulled.text()).isEqualTo(200);
            events += 3;
        }
        return events;
    }

    private static int sendFiles(Client client, AtomicInteger person, AtomicBoolean ended) {
        int events = 0;
        while (!ended.get()) {
            StringBuilder lines = new StringBuilder();
            for (int row = 0; row < 50; row++) {
                lines.append(Samples.registration(Samples.reference(), Samples.insz(person.getAndIncrement())))
                        .append('\n');
            }
            Batch batch = Batch.ndjson(client, UUID.randomUUID().toString(), lines.toString());
            assertThat(batch.awaitDone().path("accepted").asInt()).isEqualTo(50);
            events += 100;
        }
        return events;
    }

    /** Under the last generation's keys only: those of the others go first. */
    private static int allOpened(RegistryFixture fixture) throws Exception {
        var keyring = fixture.database(Database.KEYRING);
        try (Connection connection = DriverManager.getConnection(
                        keyring.url(),
                        keyring.migrator().username(),
                        keyring.migrator().password());
                Statement statement = connection.createStatement()) {
            statement.execute(keyring.migratorInitSql());
            statement.execute("DELETE FROM keyring.data_key WHERE regime <> 'JOB' AND generation < " + GENERATIONS);
        }
        EventReader reader = fixture.bean(EventReader.class);
        EventVault vault = fixture.bean(EventVault.class);
        int opened = 0;
        long position = 0;
        for (List<StoredEvent> page = reader.after(0, 500); !page.isEmpty(); page = reader.after(position, 500)) {
            assertThat(vault.openEach(page)).allMatch(opening -> opening instanceof Opening.Opened);
            opened += page.size();
            position = page.getLast().position();
        }
        return opened;
    }

    /** Each topic ends in every partition where the next one begins. */
    private static void topicsFollow(RegistryFixture fixture, int events) throws Exception {
        Relay relay = fixture.bean(Relay.class);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> relay.hasBegun(GENERATIONS) && relay.state().position() == events);
        Map<Long, Integer> seen = new HashMap<>();
        for (int generation = 1; generation <= GENERATIONS; generation++) {
            String topic = generation == 1 ? fixture.topic() : fixture.topic() + "." + generation;
            int ends = 0;
            for (ConsumerRecord<byte[], byte[]> record : all(fixture, topic)) {
                Header position = record.headers().lastHeader("position");
                if (position != null) {
                    seen.merge(ByteBuffer.wrap(position.value()).getLong(), generation, Math::min);
                }
                ends += record.headers().lastHeader("end") == null ? 0 : 1;
            }
            assertThat(ends).as(topic).isEqualTo(generation == GENERATIONS ? 0 : PARTITIONS);
        }
        assertThat(seen).hasSize(events);
        relay.deleteTopic(1);
        relay.deleteTopic(1);
    }

    private static List<ConsumerRecord<byte[], byte[]>> all(RegistryFixture fixture, String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", fixture.kafka().bootstrapServers(), "enable.metrics.push", false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}
