package eu.diplomatics.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** A Kafka broker on loopback with temporary or lasting data: inside this JVM, or as a child that can be killed. */
public final class LocalKafka implements KafkaInstance {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final int PORT_ATTEMPTS = 5;

    private final boolean ownProcess;
    private final @Nullable Path temporaryRoot;
    private final Path dataDirectory;
    private final Thread shutdownHook = new Thread(this::closeQuietly, "kafka-stop");
    private int port;
    private int controllerPort;
    private final List<String> options;
    private final Map<String, String> tls;
    private @Nullable KafkaBroker broker;
    private @Nullable Process process;

    private LocalKafka(@Nullable Path directory, boolean ownProcess, Map<String, String> tls, String... options) {
        this.ownProcess = ownProcess;
        this.tls = Map.copyOf(tls);
        this.options = List.of(options);
        try {
            temporaryRoot = directory == null ? Files.createTempDirectory("diplomatics-kafka") : null;
            dataDirectory = temporaryRoot != null
                    ? temporaryRoot.resolve("data")
                    : Objects.requireNonNull(directory).toAbsolutePath();
            startOnFreePorts();
        } catch (IOException e) {
            throw new UncheckedIOException("Kafka could not be started", e);
        }
        Runtime.getRuntime().addShutdownHook(shutdownHook);
    }

    /** A broker inside this JVM with temporary data. */
    public static LocalKafka temporary() {
        return new LocalKafka(null, false, Map.of());
    }

    /** A broker inside this JVM with temporary data that speaks TLS only, by these settings of Kafka's. */
    public static LocalKafka temporaryWithTls(Map<String, String> tls) {
        return new LocalKafka(null, false, tls);
    }

    /** A broker inside this JVM whose data stay in the directory. */
    public static LocalKafka at(Path directory) {
        return new LocalKafka(directory, false, Map.of());
    }

    /** A broker in a process of its own with temporary data, for tests that kill it. */
    public static LocalKafka temporaryProcess() {
        return new LocalKafka(null, true, Map.of());
    }

    /** As {@link #temporaryProcess()}, as a broker that is there to stay would run: with all that the JVM can do. */
    public static LocalKafka temporaryProcessAtFullSpeed() {
        return new LocalKafka(null, true, Map.of(), "-Xmx512m", "-XX:TieredStopAtLevel=4");
    }

    @Override
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public Path dataDirectory() {
        return dataDirectory;
    }

    @Override
    public synchronized void kill() {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("this broker runs inside the JVM; take one with a process of its own");
        }
        running.destroyForcibly().onExit().orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Override
    public synchronized void stop() {
        if (broker != null) {
            broker.stop();
            broker = null;
        }
        if (process != null) {
            process.destroy();
            process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
            process = null;
        }
    }

    @Override
    public synchronized void restart() {
        stop();
        try {
            start();
        } catch (IOException e) {
            throw new UncheckedIOException("Kafka could not be restarted", e);
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(shutdownHook);
        closeQuietly();
    }

    private synchronized void closeQuietly() {
        if (temporaryRoot != null && process != null) {
            kill();
        }
        stop();
        if (temporaryRoot != null) {
            PostgresBinaries.delete(temporaryRoot);
        }
    }

    private void startOnFreePorts() throws IOException {
        for (int attempt = 1; ; attempt++) {
            port = Ports.free();
            controllerPort = Ports.free();
            try {
                start();
                return;
            } catch (IOException | RuntimeException e) {
                if (attempt == PORT_ATTEMPTS || (Ports.isFree(port) && Ports.isFree(controllerPort))) {
                    throw e;
                }
            }
        }
    }

    private void start() throws IOException {
        if (!ownProcess) {
            broker = KafkaBroker.start(dataDirectory, port, controllerPort, tls);
            return;
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                KafkaBroker.class.getName(),
                dataDirectory.toString(),
                Integer.toString(port),
                Integer.toString(controllerPort)));
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        dataDirectory.resolveSibling("kafka.log").toFile()))
                .start();
        process = started;
        awaitReady(started);
    }

    private void awaitReady(Process started) throws IOException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        try {
            while (!acceptsConnections()) {
                if (started.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                    started.destroyForcibly();
                    throw new IOException("the broker did not start");
                }
            }
            try (Admin admin = admin()) {
                admin.describeCluster().nodes().get(60, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Kafka started", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the broker does not answer", e);
        }
    }

    private boolean acceptsConnections() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
