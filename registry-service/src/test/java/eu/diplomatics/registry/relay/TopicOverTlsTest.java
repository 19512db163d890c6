package eu.diplomatics.registry.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.edge.KafkaTls;
import eu.diplomatics.local.LivingAuthority;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.LocalKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R08, R25, ASVS 12.3.1: the relay speaks to Kafka over TLS 1.3, with certificates of both sides. */
class TopicOverTlsTest {
    private static final String TOPIC = "over-tls";

    @TempDir
    static Path directory;

    private static LocalAuthority own;
    private static LocalAuthority stranger;
    private static LocalKafka kafka;

    @BeforeAll
    static void start() {
        own = new LivingAuthority(directory.resolve("own"), List.of("kafka", "registry")).stores();
        stranger = new LivingAuthority(directory.resolve("stranger"), List.of("registry")).stores();
        kafka = LocalKafka.temporaryWithTls(own.brokerSettings("kafka"));
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static Map<String, String> showing(LocalAuthority shown, Path trusted) {
        return new KafkaTls(shown.keyStore("registry"), trusted, new String(shown.password())).settings();
    }

    private static RelaySettings settings(Map<String, String> connection) {
        return new RelaySettings(
                kafka.bootstrapServers(), TOPIC, 1, Duration.ofHours(1), Duration.ofSeconds(1), connection);
    }

    @Test
    void what_is_published_over_tls_is_read_over_tls() throws Exception {
        Map<String, String> connection = showing(own, own.trustStore());
        try (Topic topic = Topic.open(settings(connection), TOPIC)) {
            topic.publish(List.of(), 7);
        }
        Map<String, Object> config = new HashMap<>(connection);
        config.put("bootstrap.servers", kafka.bootstrapServers());
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 1L);
        }
    }

    @Test
    void a_broker_of_another_authority_is_not_believed_and_shows_that_at_once() {
        assertThatThrownBy(() -> Topic.open(settings(showing(stranger, stranger.trustStore())), TOPIC))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(SslAuthenticationException.class);
    }
}
