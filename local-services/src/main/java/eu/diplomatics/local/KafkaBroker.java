package eu.diplomatics.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A single-node KRaft broker on loopback. As a program: {@code KafkaBroker DIRECTORY PORT CONTROLLER_PORT [TLS_PROPERTIES]},
 * which runs until it is told to end; with a file of Kafka's settings about TLS it speaks nothing else, to clients and to
 * itself.
 */
public final class KafkaBroker {
    private static final int NODE_ID = 1;
    private static final String LISTENER = "BROKER";

    private final KafkaRaftServer server;

    private KafkaBroker(KafkaRaftServer server) {
        this.server = server;
    }

    /** Starts in this JVM and returns when the broker takes requests. */
    static KafkaBroker start(Path directory, int port, int controllerPort, Map<String, String> tls) throws IOException {
        Files.createDirectories(directory);
        if (!Files.exists(directory.resolve("meta.properties"))) {
            format(directory);
        }
        Properties properties = new Properties();
        properties.putAll(settings(directory, port, controllerPort));
        if (!tls.isEmpty()) {
            properties.putAll(tls);
            properties.put("listener.security.protocol.map", LISTENER + ":SSL,CONTROLLER:SSL");
        }
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
        server.startup();
        return new KafkaBroker(server);
    }

    void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 3 && args.length != 4) {
            System.err.println("usage: KafkaBroker DIRECTORY PORT CONTROLLER_PORT [TLS_PROPERTIES]");
            System.exit(64);
        }
        Map<String, String> tls = new HashMap<>();
        if (args.length == 4) {
            Properties read = new Properties();
            try (Reader in = Files.newBufferedReader(Path.of(args[3]))) {
                read.load(in);
            }
            read.stringPropertyNames().forEach(name -> tls.put(name, read.getProperty(name)));
        }
        KafkaBroker broker = start(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]), tls);
        Runtime.getRuntime().addShutdownHook(new Thread(broker::stop, "kafka-stop"));
        broker.server.awaitShutdown();
    }

    private static void format(Path directory) throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(output, true, StandardCharsets.UTF_8))
                    .setNodeId(NODE_ID)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setDirectories(List.of(directory.toString()))
                    .setMetadataLogDirectory(directory.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .run();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the broker's directory could not be formatted", e);
        }
    }

    private static Map<String, String> settings(Path directory, int port, int controllerPort) {
        return Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", Integer.toString(NODE_ID)),
                Map.entry("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("listeners", LISTENER + "://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort),
                Map.entry("advertised.listeners", LISTENER + "://127.0.0.1:" + port),
                Map.entry("inter.broker.listener.name", LISTENER),
                Map.entry("listener.security.protocol.map", LISTENER + ":PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("log.dirs", directory.toString()),
                Map.entry("auto.create.topics.enable", "false"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("offsets.topic.num.partitions", "4"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("transaction.state.log.num.partitions", "4"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                // Small machine: the defaults keep 128 MB for the cleaner and two 10 MB index files per segment.
                Map.entry("log.cleaner.dedupe.buffer.size", "4194304"),
                Map.entry("log.index.size.max.bytes", "1048576"),
                // The files of a deleted topic go at once: a minute's delay is for readers that need none here.
                Map.entry("log.segment.delete.delay.ms", "1000"),
                Map.entry("num.io.threads", "4"),
                Map.entry("background.threads", "4"));
    }
}
