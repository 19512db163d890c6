package eu.diplomatics.query;

import eu.diplomatics.eventstore.EventFrame;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Publishes as the registry's relay does, one step at a time, and whatever else a test wants to see on the topic. */
final class TestRelay implements AutoCloseable {
    static final int PARTITIONS = 4;

    private final EventReader store;
    private final String bootstrap;
    private final String topic;
    private final Map<String, String> connection;
    private final KafkaProducer<byte[], byte[]> producer;
    private long published;

    TestRelay(EventReader store, String bootstrap, String topic) {
        this(store, bootstrap, topic, Map.of());
    }

    /** With these settings of the broker's clients. */
    TestRelay(EventReader store, String bootstrap, String topic, Map<String, String> connection) {
        this.store = store;
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.connection = connection;
        Map<String, Object> config = new HashMap<>(connection);
        config.put("bootstrap.servers", bootstrap);
        config.put("acks", "all");
        config.put("delivery.timeout.ms", 60_000);
        config.put("linger.ms", 0);
        config.put("enable.metrics.push", false);
        this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    void createTopic() {
        admin(admin -> admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                .all()
                .get());
    }

    void deleteTopic() {
        admin(admin -> admin.deleteTopics(List.of(topic)).all().get());
    }

    /** Deletion ends some time after it is acknowledged. */
    void createTopicAgain() {
        Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            createTopic();
            return true;
        });
    }

    private interface Work {
        @Nullable
        Object with(Admin admin) throws ExecutionException, InterruptedException;
    }

    private void admin(Work work) {
        Map<String, Object> config = new HashMap<>(connection);
        config.put("bootstrap.servers", bootstrap);
        try (Admin admin = Admin.create(config)) {
            work.with(admin);
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Publishes everything new, then heartbeats; returns the position reached. */
    long publishAll() {
        List<StoredEvent> events = store.after(published, 10_000);
        events.forEach(this::publish);
        if (!events.isEmpty()) {
            published = events.getLast().position();
        }
        heartbeat(published);
        return published;
    }

    /** From this position on everything is published again. */
    void forgetAfter(long position) {
        published = position;
    }

    void publish(StoredEvent event) {
        send(
                bytes(event.holder()),
                EventFrame.encode(event),
                Map.of(
                        "stream",
                        bytes(event.context().stream()),
                        "position",
                        ByteBuffer.allocate(8).putLong(event.position()).array()));
    }

    void heartbeat(long position) {
        byte[] value = ByteBuffer.allocate(8).putLong(position).array();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            ProducerRecord<byte[], byte[]> record = heartbeatOf(partition);
            record.headers().add("heartbeat", value);
            producer.send(record);
        }
        producer.flush();
    }

    /** Says in every partition that nothing follows in this topic. */
    void end(int nextGeneration) {
        byte[] position = ByteBuffer.allocate(8).putLong(published).array();
        byte[] next = ByteBuffer.allocate(8).putLong(nextGeneration).array();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            ProducerRecord<byte[], byte[]> record = heartbeatOf(partition);
            record.headers().add("heartbeat", position);
            record.headers().add("end", next);
            producer.send(record);
        }
        producer.flush();
    }

    @SuppressWarnings("NullAway") // without key, as the relay's
    private ProducerRecord<byte[], byte[]> heartbeatOf(int partition) {
        return new ProducerRecord<>(topic, partition, null, new byte[0]);
    }

    @SuppressWarnings("NullAway") // Kafka takes records without key or value
    void send(byte @Nullable [] key, byte @Nullable [] value, Map<String, byte[]> headers) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, value);
        headers.forEach((name, header) -> record.headers().add(name, header));
        producer.send(record);
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
    }
}
