package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.EventTopics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** The relay's topics as Kafka knows them, one for each key generation. */
final class KafkaTopic {
    private static final int REQUEST_TIMEOUT_MS = 5_000;
    private static final int MAX_BATCH = 500;
    /** Well below the heap: a fetch holds this much at most, unless one record alone is larger. */
    private static final int FETCH_BYTES = 4 * 1024 * 1024;

    private final KafkaSettings settings;

    KafkaTopic(KafkaSettings settings) {
        this.settings = settings;
    }

    /** A topic's identity: the same name made anew has another id. */
    record Shape(String topic, String id, int partitionCount) {
        List<TopicPartition> partitions() {
            return IntStream.range(0, partitionCount)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
        }
    }

    String name(int incarnation, int generation) {
        return EventTopics.name(EventTopics.first(settings.topic(), incarnation), generation);
    }

    Watch watch(String name) {
        Map<String, Object> config = common();
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        return new Watch(Admin.create(config), name);
    }

    KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> config = common();
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_BATCH);
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES / 4);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2 * REQUEST_TIMEOUT_MS);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Map<String, Object> common() {
        Map<String, Object> config = new HashMap<>(settings.properties());
        config.putAll(settings.tls().settings());
        config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(AdminClientConfig.CLIENT_ID_CONFIG, "query-projector");
        config.put("enable.metrics.push", false);
        config.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2_000);
        return config;
    }

    /** An open look at the topic. */
    static final class Watch implements AutoCloseable {
        private final Admin admin;
        private final String topic;

        Watch(Admin admin, String topic) {
            this.admin = admin;
            this.topic = topic;
        }

        /** The topic now; null when Kafka does not answer or has no such topic. */
        @Nullable
        Shape shape() {
            try {
                TopicDescription description = admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get(REQUEST_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                        .get(topic);
                return description == null
                        ? null
                        : new Shape(
                                topic,
                                description.topicId().toString(),
                                description.partitions().size());
            } catch (ExecutionException | TimeoutException unreachable) {
                return null;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }

        @Override
        public void close() {
            admin.close(Duration.ofSeconds(1));
        }
    }
}
