package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.EventFrame;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.local.KafkaInstance;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.registry.Client.Answer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The relay: everything, in order per stream, without a gap, through kills of broker and service. */
class RelayTest {
    @Test
    void every_position_reaches_kafka_in_order_per_stream_through_kills_of_broker_and_service() {
        try (KafkaInstance kafka = TestServices.dedicatedKafka();
                RegistryFixture fixture = RegistryFixture.prepared(TestServices.postgres(), kafka)) {
            int person = 0;
            String location;
            try (RegistryProcess process = RegistryProcess.start(fixture, "384m")) {
                location = register(process.client(), person++).header("Location");
                for (int i = 0; i < 200; i++) {
                    register(process.client(), person++);
                }
                kafka.kill();
                long begun = System.nanoTime();
                for (int i = 0; i < 50; i++) {
                    register(process.client(), person++);
                }
                change(process.client(), location, "annulment");
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .as("registration goes on without Kafka")
                        .isLessThan(Duration.ofSeconds(30));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(process.client()
                                        .get("/actuator/health")
                                        .json()
                                        .path("status")
                                        .asString())
                                .isEqualTo("DEGRADED"));
                assertThat(process.client().get("/actuator/health/readiness").status())
                        .isEqualTo(200);
                kafka.restart();
                for (int i = 0; i < 50; i++) {
                    register(process.client(), person++);
                }
                process.kill();
            }
            try (RegistryProcess process = RegistryProcess.start(fixture, "384m")) {
                change(process.client(), location, "reinstatement");
                long head = process.client()
                        .get("/actuator/registry")
                        .json()
                        .path("head")
                        .asLong();
                assertThat(head).isEqualTo(2L * person + 2);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(90))
                        .until(() -> process.client()
                                        .get("/actuator/registry")
                                        .json()
                                        .path("relayLag")
                                        .asLong()
                                == 0);
                Seen seen = consume(kafka.bootstrapServers(), fixture.topic(), head);
                assertThat(seen.positions)
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(1, head).boxed().toList());
                seen.firstVersions
                        .values()
                        .forEach(versions -> assertThat(versions)
                                .as("first sight of each version of a stream")
                                .containsExactlyElementsOf(LongStream.rangeClosed(1, versions.size())
                                        .boxed()
                                        .toList()));
                assertThat(seen.heartbeats.values())
                        .hasSize(4)
                        .allSatisfy(last -> assertThat(last).isEqualTo(head));
            }
        }
    }

    private static Answer register(Client client, int person) {
        Answer answer =
                client.post("/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(person)));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer;
    }

    private static void change(Client client, String location, String what) {
        assertThat(client.post(location + "/" + what, Samples.reason("DECIDED")).status())
                .isEqualTo(200);
    }

    private static final class Seen {
        private final TreeSet<Long> positions = new TreeSet<>();
        private final Map<UUID, List<Long>> firstVersions = new HashMap<>();
        private final Map<Integer, Long> heartbeats = new HashMap<>();

        void take(ConsumerRecord<byte[], byte[]> record) {
            Header heartbeat = record.headers().lastHeader("heartbeat");
            if (heartbeat != null) {
                long upTo = ByteBuffer.wrap(heartbeat.value()).getLong();
                assertThat(heartbeats.getOrDefault(record.partition(), 0L)).isLessThanOrEqualTo(upTo);
                heartbeats.put(record.partition(), upTo);
                return;
            }
            StoredEvent event = EventFrame.decode(record.value());
            assertThat(ByteBuffer.wrap(record.key()).getLong())
                    .isEqualTo(event.holder().getMostSignificantBits());
            if (positions.add(event.position())) {
                firstVersions
                        .computeIfAbsent(event.context().stream(), any -> new ArrayList<>())
                        .add(event.context().version());
            }
        }
    }

    private static Seen consume(String servers, String topic, long head) {
        Seen seen = new Seen();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(seen::take);
                return seen.positions.size() == head
                        && seen.heartbeats.size() == partitions.size()
                        && seen.heartbeats.values().stream().allMatch(upTo -> upTo == head);
            });
        }
        return seen;
    }
}
