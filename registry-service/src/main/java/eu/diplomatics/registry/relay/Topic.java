package eu.diplomatics.registry.relay;

import eu.diplomatics.eventstore.EventFrame;
import eu.diplomatics.eventstore.EventTopics;
import eu.diplomatics.eventstore.StoredEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The topic as its only producer sees it. Order holds per partition: idempotent, and no record is given up while later
 * ones pass, since delivery never times out.
 */
final class Topic implements AutoCloseable {
    private static final Duration ADMIN_LIMIT = Duration.ofSeconds(10);
    private static final byte[] NOTHING = {};

    private final String name;
    private final Producer<byte[], byte[]> producer;
    private final int partitions;

    private Topic(String name, Producer<byte[], byte[]> producer, int partitions) {
        this.name = name;
        this.producer = producer;
        this.partitions = partitions;
    }

    /** Makes the topic where it is absent and opens a producer. */
    static Topic open(RelaySettings settings, String name)
            throws ExecutionException, TimeoutException, InterruptedException {
        return open(settings, name, Map.of());
    }

    /** As the other, with a producer that differs from ours in these settings. */
    static Topic open(RelaySettings settings, String name, Map<String, Object> differences)
            throws ExecutionException, TimeoutException, InterruptedException {
        int partitions = ensure(settings, name);
        Map<String, Object> config = new HashMap<>(settings.connection());
        config.put("bootstrap.servers", settings.bootstrapServers());
        config.put("client.id", "registry-relay");
        config.put("acks", "all");
        config.put("enable.idempotence", true);
        config.put("delivery.timeout.ms", Integer.MAX_VALUE);
        config.put("request.timeout.ms", 10_000);
        config.put("max.block.ms", 10_000);
        config.put("reconnect.backoff.max.ms", 2_000);
        config.put("retry.backoff.max.ms", 2_000);
        config.put("linger.ms", 5);
        config.put("batch.size", 256 * 1024);
        config.put("buffer.memory", 24 * 1024 * 1024);
        config.put("compression.type", "none");
        config.put("enable.metrics.push", false);
        config.putAll(differences);
        return new Topic(
                name, new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()), partitions);
    }

    private static int ensure(RelaySettings settings, String name)
            throws ExecutionException, TimeoutException, InterruptedException {
        Admin admin = admin(settings);
        try {
            NewTopic topic = new NewTopic(name, settings.partitions(), (short) 1)
                    .configs(Map.of(
                            "retention.ms",
                            Long.toString(settings.retention().toMillis()),
                            "cleanup.policy",
                            "delete"));
            try {
                // not asked for again: right after it was made, a topic is not known everywhere
                return admin.createTopics(List.of(topic))
                        .numPartitions(name)
                        .get(ADMIN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
            return admin.describeTopics(List.of(name))
                    .allTopicNames()
                    .get(ADMIN_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    .values()
                    .iterator()
                    .next()
                    .partitions()
                    .size();
        } finally {
            admin.close(Duration.ofSeconds(1));
        }
    }

    /**
     * Returns when the broker has acknowledged all events, and behind them the heartbeat of every partition. No heartbeat
     * is sent before: a record the producer could not even take would be one that it says is there.
     */
    void publish(List<StoredEvent> events, long upTo) throws ExecutionException, InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>(Math.max(events.size(), partitions));
        for (StoredEvent event : events) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(name, bytes(event.holder()), EventFrame.encode(event));
            record.headers().add("stream", bytes(event.context().stream()));
            record.headers().add("position", bytes(event.position()));
            sent.add(producer.send(record));
        }
        awaitAll(sent);
        for (int partition = 0; partition < partitions; partition++) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(name, partition, null, NOTHING);
            record.headers().add("heartbeat", bytes(upTo));
            sent.add(producer.send(record));
        }
        awaitAll(sent);
    }

    /** Says in every partition that nothing follows, that nothing up to {@code position} is missing, and what goes on. */
    void end(long position, int nextGeneration) throws ExecutionException, InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>(partitions);
        for (int partition = 0; partition < partitions; partition++) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(name, partition, null, NOTHING);
            record.headers().add("heartbeat", bytes(position));
            record.headers().add("end", bytes((long) nextGeneration));
            sent.add(producer.send(record));
        }
        awaitAll(sent);
    }

    /** Deletes a topic that has ended; harmless where there is none. */
    static void delete(RelaySettings settings, String name)
            throws ExecutionException, TimeoutException, InterruptedException {
        Admin admin = admin(settings);
        try {
            admin.deleteTopics(List.of(name)).all().get(ADMIN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
        } finally {
            admin.close(Duration.ofSeconds(1));
        }
    }

    /** How many records each topic of this log holds, by generation of data keys. */
    static SortedMap<Integer, Long> records(RelaySettings settings)
            throws ExecutionException, TimeoutException, InterruptedException {
        Admin admin = admin(settings);
        try {
            SortedMap<Integer, Long> records = new TreeMap<>();
            for (String name : within(admin.listTopics().names())) {
                OptionalInt generation = EventTopics.generation(settings.topic(), name);
                if (generation.isPresent()) {
                    List<TopicPartition> partitions =
                            within(admin.describeTopics(List.of(name)).allTopicNames()).values().stream()
                                    .flatMap(topic -> topic.partitions().stream())
                                    .map(partition -> new TopicPartition(name, partition.partition()))
                                    .toList();
                    records.merge(
                            generation.getAsInt(),
                            offsets(admin, partitions, OffsetSpec.latest())
                                    - offsets(admin, partitions, OffsetSpec.earliest()),
                            Long::sum);
                }
            }
            return records;
        } finally {
            admin.close(Duration.ofSeconds(1));
        }
    }

    private static long offsets(Admin admin, List<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, which));
        return within(admin.listOffsets(asked).all()).values().stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }

    private static <T> T within(KafkaFuture<T> answer)
            throws ExecutionException, TimeoutException, InterruptedException {
        return answer.get(ADMIN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Fails as the calls do, also where no name of a broker resolves. */
    private static Admin admin(RelaySettings settings) throws ExecutionException {
        Map<String, Object> config = new HashMap<>(settings.connection());
        config.put("bootstrap.servers", settings.bootstrapServers());
        config.put("client.id", "registry-relay-admin");
        config.put("request.timeout.ms", 5_000);
        config.put("default.api.timeout.ms", (int) ADMIN_LIMIT.toMillis());
        config.put("enable.metrics.push", false);
        try {
            return Admin.create(config);
        } catch (KafkaException e) {
            throw new ExecutionException("no broker can be asked", e);
        }
    }

    private void awaitAll(List<Future<RecordMetadata>> sent) throws ExecutionException, InterruptedException {
        producer.flush();
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
        sent.clear();
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    /** At once: what is not acknowledged is published again from the checkpoint. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
