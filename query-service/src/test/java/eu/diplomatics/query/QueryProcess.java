package eu.diplomatics.query;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** The service as a process of its own, as it is run: small heap, settings in the environment, log on its output. */
final class QueryProcess implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

    private final Process process;
    private final Path log;
    private final RunningQuery running;

    private QueryProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.running = new RunningQuery(URI.create("http://127.0.0.1:" + awaitPort()), () -> {});
    }

    static QueryProcess start(QueryFixture fixture) {
        try {
            Path log = Files.createTempFile(fixture.directory(), "query", ".log");
            ProcessBuilder builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx384m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            productionClasses(),
                            "eu.diplomatics.query.QueryApplication")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            Map<String, String> environment = builder.environment();
            fixture.settings().forEach((name, value) -> environment.put(variable(name), value));
            // its own choice: one that was free a moment ago may be another test's by now, which is ready too
            environment.put("SERVER_PORT", "0");
            QueryProcess started = new QueryProcess(builder.start(), log);
            started.awaitReady();
            return started;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String productionClasses() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("test-classes") && !entry.endsWith("-tests.jar"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String variable(String name) {
        return name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private String awaitPort() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> {
                            if (!process.isAlive()) {
                                throw new IllegalStateException("the service ended");
                            }
                            Matcher port = PORT.matcher(String.join("\n", logLines()));
                            return port.find() ? port.group(1) : "";
                        },
                        port -> !port.isEmpty());
    }

    private void awaitReady() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException("the service ended");
                    }
                    return running.get("/actuator/health/readiness").status() == 200;
                });
    }

    RunningQuery query() {
        return running;
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    List<String> logLines() {
        try {
            return Files.readAllLines(log);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(60, TimeUnit.SECONDS)
                .exceptionally(late -> {
                    kill();
                    return process;
                })
                .join();
        running.close();
    }
}
