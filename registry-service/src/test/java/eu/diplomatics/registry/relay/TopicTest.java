package eu.diplomatics.registry.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.Leaf;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.local.TestServices;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

class TopicTest {
    private static final int PARTITIONS = 2;

    private final RelaySettings settings = new RelaySettings(
            TestServices.kafka().bootstrapServers(),
            "topic-" + UUID.randomUUID(),
            PARTITIONS,
            Duration.ofHours(1),
            Duration.ofSeconds(1),
            Map.of());

    /** The producer answers a record that it cannot take as it answers a lack of room: a failed future, no exception. */
    @Test
    void no_heartbeat_passes_an_event_that_the_producer_did_not_take() throws Exception {
        try (Topic topic = Topic.open(settings, settings.topic(), Map.of("max.request.size", 10_000))) {
            assertThatThrownBy(() -> topic.publish(List.of(event(1, 100), event(2, 20_000), event(3, 100)), 3))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RecordTooLargeException.class);
        }

        assertThat(published()).extracting(TopicTest::meaning).containsExactlyInAnyOrder("event 1", "event 3");
    }

    @Test
    void heartbeats_of_every_partition_follow_the_events() throws Exception {
        try (Topic topic = Topic.open(settings, settings.topic())) {
            topic.publish(List.of(event(1, 100), event(2, 100)), 2);
        }

        List<ConsumerRecord<byte[], byte[]>> published = published();
        assertThat(published)
                .extracting(TopicTest::meaning)
                .containsExactlyInAnyOrder("event 1", "event 2", "heartbeat 2", "heartbeat 2");
        for (int partition = 0; partition < PARTITIONS; partition++) {
            int own = partition;
            List<String> inOrder = published.stream()
                    .filter(record -> record.partition() == own)
                    .map(TopicTest::meaning)
                    .toList();
            assertThat(inOrder.indexOf("heartbeat 2")).isEqualTo(inOrder.size() - 1);
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> published() {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", settings.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = List.of(partition(0), partition(1));
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.seekToBeginning(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    private TopicPartition partition(int number) {
        return new TopicPartition(settings.topic(), number);
    }

    private static String meaning(ConsumerRecord<byte[], byte[]> record) {
        String kind = record.key() == null ? "heartbeat" : "event";
        byte[] position = record.headers()
                .lastHeader(record.key() == null ? "heartbeat" : "position")
                .value();
        return kind + " " + ByteBuffer.wrap(position).getLong();
    }

    private static StoredEvent event(long position, int bytes) {
        EventContext context = new EventContext(UUID.randomUUID(), 1, "QualificationRegistered", 1);
        byte[] commitment = new byte[32];
        return new StoredEvent(
                position,
                Instant.EPOCH,
                context,
                UUID.randomUUID(),
                UUID.randomUUID(),
                commitment,
                Leaf.of(position, Instant.EPOCH, context, commitment),
                1,
                new byte[bytes]);
    }
}
