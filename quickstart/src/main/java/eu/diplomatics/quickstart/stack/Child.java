package eu.diplomatics.quickstart.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One Java process of ours. Secrets go to it by environment, or in files that only their owner reads, never as an argument;
 * heap dumps, core dumps, error files and the attach interface are off, because each would copy plaintext to disk (R18).
 */
public final class Child {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private final String name;
    private final Path log;
    private final Process process;

    private Child(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /** What to run: a main class from a class path, with a heap limit. */
    public record Spec(
            String name,
            String classPath,
            String mainClass,
            int heapMegabytes,
            List<String> options,
            List<String> arguments,
            Map<String, String> environment) {
        @Override
        public String toString() {
            return "Spec[" + name + "]";
        }
    }

    /** Tells whether the process does its work by now. */
    @FunctionalInterface
    public interface Probe {
        boolean ready();
    }

    static Child start(Layout layout, Spec spec) throws IOException {
        Path log = layout.logs().resolve(spec.name() + ".log");
        Path temporary = layout.temporary().resolve(spec.name());
        Files.createDirectories(temporary);
        List<String> command = new ArrayList<>(ownSession());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(layout.marker());
        command.add("-Ddiplomatics.process=" + spec.name());
        command.addAll(List.of(
                "-Xmx" + spec.heapMegabytes() + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-HeapDumpOnOutOfMemoryError",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=/dev/null",
                "-XX:+DisableAttachMechanism",
                "-XX:-UsePerfData",
                "-Daxoniq.update-checker.disabled=true",
                "-Djava.net.preferIPv4Stack=true",
                "-Djava.io.tmpdir=" + temporary));
        command.addAll(spec.options());
        command.addAll(List.of("-cp", spec.classPath(), spec.mainClass()));
        command.addAll(spec.arguments());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(layout.home().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("AXONIQ_UPDATE_CHECKER_DISABLED", "true");
        builder.environment().putAll(spec.environment());
        Process process = builder.start();
        process.getOutputStream().close();
        return new Child(spec.name(), log, process);
    }

    /** Runs one that ends by itself, as it should, with success. */
    static void run(Layout layout, Spec spec) throws IOException, InterruptedException {
        Child child = start(layout, spec);
        if (!child.process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS) || child.process.exitValue() != 0) {
            child.stop();
            throw new StartFailedException(spec.name() + " failed" + child.tail());
        }
    }

    String name() {
        return name;
    }

    Process process() {
        return process;
    }

    /** Returns when the probe says so. */
    void awaitReady(Probe probe) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!probe.ready()) {
            if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
                throw new StartFailedException(
                        name + " ended while starting (exit " + process.exitValue() + ")" + tail());
            }
            if (System.nanoTime() > deadline) {
                throw new StartFailedException(
                        name + " was not ready within " + START_LIMIT.toSeconds() + " s" + tail());
            }
        }
    }

    /** Asks it to end, then makes it. */
    void stop() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly()
                        .onExit()
                        .orTimeout(30, TimeUnit.SECONDS)
                        .join();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private String tail() {
        return LogTail.introduced(log);
    }

    /** Ctrl-C in the terminal goes to the whole process group: children in sessions of their own end in our order. */
    private static List<String> ownSession() {
        return Files.isExecutable(Path.of("/usr/bin/setsid")) ? List.of("/usr/bin/setsid") : List.of();
    }
}
