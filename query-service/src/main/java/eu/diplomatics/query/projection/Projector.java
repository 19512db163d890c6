package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.Incarnations;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.LogUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the relay's topic, every partition of it: this service has a full copy of its own and shares no group. Offsets
 * lie in PostgreSQL with the rows, so a crash between the two is not possible. Where offsets mean nothing (first start,
 * topic lost, made anew, or older records expired) the gap is read from the store. A topic that ends is drained up to the
 * end marks of all its partitions before the next one is read.
 */
final class Projector implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Projector.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);
    private static final Duration BACKOFF = Duration.ofSeconds(1);

    /** What the projector is doing, for operators. */
    enum State {
        STARTING,
        CATCHING_UP,
        CONSUMING,
        KAFKA_UNREACHABLE,
        FAILING,
        STOPPED
    }

    private final ProjectionDatabase database;
    private final ProjectionWriter writer;
    private final KafkaTopic topic;
    private final KeyGenerations generations;
    private final Incarnations incarnations;
    /** Partitions of the topic followed that have come to their end mark. */
    private final Set<Integer> ended = new HashSet<>();

    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile State state = State.STARTING;
    private volatile boolean started;
    private volatile boolean stopping;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;

    /** What the topic that is followed carries. */
    private record Followed(int incarnation, int generation) {}

    Projector(
            ProjectionDatabase database,
            ProjectionWriter writer,
            KafkaTopic topic,
            KeyGenerations generations,
            Incarnations incarnations) {
        this.generations = generations;
        this.incarnations = incarnations;
        this.database = database;
        this.writer = writer;
        this.topic = topic;
    }

    State state() {
        return state;
    }

    /** Whether the projection holds at least what the store held when this service began. */
    boolean hasStarted() {
        return started;
    }

    @Override
    public void run() {
        while (!stopping) {
            try {
                if (!started) {
                    writer.resume();
                    if (Positions.partitions(database.jdbc()).isEmpty()) {
                        state = State.CATCHING_UP;
                        writer.catchUp();
                    }
                    started = true;
                }
                follow();
            } catch (WakeupException e) {
                LOG.debug("asked to stop");
            } catch (RuntimeException e) {
                // its message may repeat a record or a statement: the class says enough
                LOG.warn(
                        "projector interrupted by {}; starting again",
                        e.getClass().getName());
                state = State.FAILING;
                pause();
            }
        }
        state = State.STOPPED;
    }

    private void pause() {
        try {
            if (stopped.await(BACKOFF.toMillis(), TimeUnit.MILLISECONDS)) {
                stopping = true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }

    void stop() {
        stopping = true;
        stopped.countDown();
        KafkaConsumer<byte[], byte[]> running = consumer;
        if (running != null) {
            running.wakeup();
        }
    }

    private void follow() {
        Followed followed = newest();
        ended.clear();
        try (KafkaTopic.Watch watch = topic.watch(topic.name(followed.incarnation(), followed.generation()))) {
            KafkaTopic.Shape shape = watch.shape();
            if (shape == null) {
                state = State.KAFKA_UNREACHABLE;
                pause();
                return;
            }
            KafkaConsumer<byte[], byte[]> opened = topic.consumer();
            try {
                consumer = opened;
                consume(opened, watch, shape, followed);
            } finally {
                consumer = null;
                opened.close(CloseOptions.timeout(Duration.ofSeconds(1)));
            }
        }
    }

    /** After a restart the newest: what an older topic still had is read from the store. */
    private Followed newest() {
        try {
            return new Followed(incarnations.now().number(), generations.refresh());
        } catch (LogUnavailableException storeAway) {
            return new Followed(
                    GenerationWatch.recordedIncarnation(database.jdbc()), GenerationWatch.recorded(database.jdbc()));
        }
    }

    private void consume(
            KafkaConsumer<byte[], byte[]> records, KafkaTopic.Watch watch, KafkaTopic.Shape shape, Followed followed) {
        List<TopicPartition> partitions = shape.partitions();
        records.assign(partitions);
        Map<Integer, Long> offsets = offsets(shape);
        if (offsets.size() != partitions.size()) {
            offsets = resync(records, shape);
        }
        offsets.forEach((partition, offset) -> records.seek(new TopicPartition(shape.topic(), partition), offset));
        state = State.CONSUMING;
        Instant look = Instant.now().plus(LOOK_AGAIN);
        while (!stopping) {
            try {
                deliver(records.poll(POLL), shape);
            } catch (OffsetOutOfRangeException expired) {
                LOG.warn("records between are gone from Kafka: reading them from the store");
                resync(records, shape)
                        .forEach((partition, offset) ->
                                records.seek(new TopicPartition(shape.topic(), partition), offset));
            }
            if (ended.size() == shape.partitionCount()) {
                LOG.info("{} has ended", shape.topic());
                return;
            }
            if (Instant.now().isAfter(look)) {
                KafkaTopic.Shape now = watch.shape();
                if (now == null && !newest().equals(followed)) {
                    return;
                }
                state = now == null ? State.KAFKA_UNREACHABLE : State.CONSUMING;
                if (now != null && !now.equals(shape)) {
                    LOG.warn("the topic was made anew or has other partitions: starting again");
                    return;
                }
                look = Instant.now().plus(LOOK_AGAIN);
            }
        }
    }

    private Map<Integer, Long> offsets(KafkaTopic.Shape shape) {
        Map<Integer, Long> offsets = new HashMap<>();
        for (PartitionSeen seen : Positions.partitions(database.jdbc())) {
            if (seen.topic().equals(shape.topic()) && seen.topicId().equals(shape.id())) {
                offsets.put(seen.partition(), seen.nextOffset());
            }
        }
        return offsets;
    }

    /** Ends of the partitions first, then the store: whatever stands before those ends was in the store by then. */
    private Map<Integer, Long> resync(KafkaConsumer<byte[], byte[]> records, KafkaTopic.Shape shape) {
        state = State.CATCHING_UP;
        Map<TopicPartition, Long> ends = records.endOffsets(shape.partitions());
        database.write(jdbc -> {
            Positions.forgetPartitions(jdbc);
            return true;
        });
        long position = writer.catchUp();
        Map<Integer, Long> offsets = new HashMap<>();
        List<PartitionSeen> seen = new ArrayList<>();
        ends.forEach((partition, end) -> {
            offsets.put(partition.partition(), end);
            seen.add(new PartitionSeen(shape.topic(), partition.partition(), shape.id(), end, position));
        });
        writer.deliver(List.of(), seen);
        state = State.CONSUMING;
        LOG.info("read from the store up to position {}", position);
        return offsets;
    }

    private void deliver(ConsumerRecords<byte[], byte[]> records, KafkaTopic.Shape shape) {
        if (records.isEmpty()) {
            return;
        }
        List<Delivery> deliveries = new ArrayList<>(records.count());
        List<PartitionSeen> seen = new ArrayList<>();
        for (TopicPartition partition : records.partitions()) {
            long next = 0;
            long position = 0;
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                next = record.offset() + 1;
                OptionalLong heartbeat = RecordReader.heartbeat(record);
                if (heartbeat.isPresent()) {
                    if (RecordReader.isEnd(record)) {
                        ended.add(partition.partition());
                    }
                    position = Math.max(position, heartbeat.getAsLong());
                } else {
                    Delivery delivery = RecordReader.event(record);
                    deliveries.add(delivery);
                    if (delivery instanceof Delivery.Arrived arrived) {
                        position = Math.max(position, arrived.event().position());
                    }
                }
            }
            seen.add(new PartitionSeen(shape.topic(), partition.partition(), shape.id(), next, position));
        }
        writer.deliver(deliveries, seen);
    }
}
