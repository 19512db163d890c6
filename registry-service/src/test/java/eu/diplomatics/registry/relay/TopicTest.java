package eu.diplomatics.registry.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.Leaf;
import eu.diplomatics.eventstore.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TopicTest {
    private static final RelaySettings SETTINGS =
            new RelaySettings("nowhere:1", "topic", 2, Duration.ofHours(1), Duration.ofSeconds(1));

    /** As the real one does when metadata or room in its buffer does not come in time: a failed future, no exception. */
    private static final class Refusing extends MockProducer<byte[], byte[]> {
        private final int refused;
        private int events;

        Refusing(int refused) {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
            this.refused = refused;
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
            if (record.headers().lastHeader("heartbeat") == null && ++events == refused) {
                return CompletableFuture.failedFuture(new TimeoutException("no room"));
            }
            return super.send(record);
        }
    }

    @Test
    void no_heartbeat_passes_an_event_that_the_producer_did_not_take() {
        try (Refusing producer = new Refusing(2);
                Topic topic = new Topic(SETTINGS, producer, 2)) {
            assertThatThrownBy(() -> topic.publish(List.of(event(1), event(2), event(3)), 3))
                    .isInstanceOf(ExecutionException.class);

            assertThat(heartbeats(producer)).isZero();
        }
    }

    @Test
    void heartbeats_of_every_partition_follow_the_events() throws Exception {
        try (Refusing producer = new Refusing(0);
                Topic topic = new Topic(SETTINGS, producer, 2)) {
            topic.publish(List.of(event(1), event(2)), 2);

            assertThat(heartbeats(producer)).isEqualTo(2);
            assertThat(producer.history().subList(0, 2)).allMatch(record -> record.key() != null);
        }
    }

    private static long heartbeats(Refusing producer) {
        return producer.history().stream()
                .filter(record -> record.headers().lastHeader("heartbeat") != null)
                .count();
    }

    private static StoredEvent event(long position) {
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
                new byte[100]);
    }
}
