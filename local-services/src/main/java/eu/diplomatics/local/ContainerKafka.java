package eu.diplomatics.local;

import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.testcontainers.kafka.KafkaContainer;

/** Kafka 4.4.0 in a container, on a fixed port so that it comes back where it was. */
final class ContainerKafka implements KafkaInstance {
    private static final int PORT = 9092;
    private static final String DATA = "/var/lib/kafka/data";

    private final KafkaContainer container;
    private final ContainerControl control;
    private final int port;

    private ContainerKafka(KafkaContainer container, int port) {
        this.container = container;
        this.port = port;
        this.control = new ContainerControl(container);
    }

    static ContainerKafka start() {
        int port = Ports.free();
        KafkaContainer container = new KafkaContainer("apache/kafka:4.4.0");
        container.withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false").withEnv("KAFKA_LOG_DIRS", DATA);
        ContainerControl.bind(container, port, PORT);
        container.start();
        return new ContainerKafka(container, port);
    }

    @Override
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public Path dataDirectory() {
        return control.copyOut(DATA);
    }

    @Override
    public void kill() {
        control.kill();
    }

    @Override
    public void stop() {
        control.stop();
    }

    @Override
    public void restart() {
        control.restart(this::answers);
    }

    @Override
    public void close() {
        container.stop();
        control.deleteCopies();
    }

    private boolean answers() {
        try (Admin admin = admin()) {
            admin.describeCluster().nodes().get(5, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
