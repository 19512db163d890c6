package eu.diplomatics.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** One Kafka broker of our own, in this JVM, as a child process or in a container. */
public interface KafkaInstance extends AutoCloseable {
    String bootstrapServers();

    /** The broker's files, to be searched by tests; a copy made by the call where the broker runs in a container. */
    Path dataDirectory();

    /** Ends the broker with SIGKILL where it is a process of its own; a broker inside this JVM refuses. */
    void kill();

    /** Shuts down in order; {@link #restart()} brings it back with its data and its port. */
    void stop();

    /** Starts again on the same data and port, whether it was stopped, killed or still runs. */
    void restart();

    /** Stops, and deletes the data where they are temporary. */
    @Override
    void close();

    /** Creates the topic unless it exists. */
    default void createTopic(String name, int partitions) {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("topic could not be created", e);
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException("topic could not be created", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a topic was created", e);
        }
    }

    default Admin admin() {
        Properties properties = new Properties();
        properties.putAll(Map.of("bootstrap.servers", bootstrapServers()));
        return Admin.create(properties);
    }
}
