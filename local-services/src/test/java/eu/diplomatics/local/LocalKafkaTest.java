package eu.diplomatics.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalKafkaTest {
    @Test
    void the_shared_broker_takes_and_gives_records() throws Exception {
        KafkaInstance kafka = TestServices.kafka();
        kafka.createTopic("shared", 2);
        kafka.createTopic("shared", 2);
        send(kafka, "shared", "one");
        assertThat(read(kafka, "shared", 1)).containsExactly("one");
    }

    @Test
    void acknowledged_records_survive_a_kill_and_the_address_stays() throws Exception {
        try (KafkaInstance kafka = TestServices.dedicatedKafka()) {
            kafka.createTopic("kept", 1);
            send(kafka, "kept", "one");
            String address = kafka.bootstrapServers();
            kafka.kill();
            kafka.restart();
            assertThat(kafka.bootstrapServers()).isEqualTo(address);
            send(kafka, "kept", "two");
            assertThat(read(kafka, "kept", 2)).containsExactly("one", "two");
        }
    }

    @Test
    void a_broker_in_this_jvm_finds_its_records_again(@TempDir Path directory) throws Exception {
        try (LocalKafka kafka = LocalKafka.at(directory.resolve("kafka"))) {
            kafka.createTopic("kept", 1);
            send(kafka, "kept", "one");
            kafka.restart();
            assertThat(read(kafka, "kept", 1)).containsExactly("one");
        }
    }

    private static void send(KafkaInstance kafka, String topic, String value) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, "k", value)).get(60, TimeUnit.SECONDS);
        }
    }

    private static List<String> read(KafkaInstance kafka, String topic, int expected) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<String> values = new java.util.ArrayList<>();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (values.size() < expected && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(received -> values.add(received.value()));
            }
            return values;
        }
    }
}
