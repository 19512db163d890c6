package eu.diplomatics.quickstart.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The process ids we started, on disk, so that what a crash leaves behind can be ended. A process is ended only when
 * its arguments name this installation and, where it stands in the table, its start time agrees: numbers are reused.
 */
public final class ProcessTable {
    private static final Duration START_TIME_TOLERANCE = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Layout layout;
    private final Map<String, ProcessHandle> current = new LinkedHashMap<>();

    public ProcessTable(Layout layout) {
        this.layout = layout;
    }

    public synchronized void add(String name, ProcessHandle process) throws IOException {
        current.put(name, process);
        List<String> lines = new ArrayList<>();
        current.forEach((key, handle) -> lines.add(key + " " + handle.pid() + " "
                + handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L)));
        Files.write(file(), lines);
    }

    public synchronized void clear() throws IOException {
        current.clear();
        Files.deleteIfExists(file());
    }

    /** Ends what an earlier launcher left running; returns the names, in the order of their ends. */
    public List<String> reap() throws IOException {
        List<String> ended = new ArrayList<>();
        for (ProcessHandle leftover : leftovers()) {
            ended.add(name(leftover));
            end(leftover);
        }
        clear();
        return ended;
    }

    /** Processes of this installation other than this one, clients of PostgreSQL before PostgreSQL. */
    List<ProcessHandle> leftovers() throws IOException {
        Map<Long, Instant> known = read();
        long self = ProcessHandle.current().pid();
        return ProcessHandle.allProcesses()
                .filter(handle -> handle.pid() != self && isOurs(handle) && startAgrees(handle, known))
                .sorted(Comparator.comparing(this::isPostgres))
                .toList();
    }

    /** Whether the process carries the mark of this installation. */
    public boolean isOurs(ProcessHandle handle) {
        return isPostgres(handle) || arguments(handle).contains(layout.marker());
    }

    private boolean isPostgres(ProcessHandle handle) {
        List<String> arguments = arguments(handle);
        int directory = arguments.indexOf("-D") + 1;
        if (directory == 0 || directory >= arguments.size()) {
            return false;
        }
        String served = arguments.get(directory);
        return served.equals(layout.postgresA().toString())
                || served.equals(layout.postgresB().toString());
    }

    private static boolean startAgrees(ProcessHandle handle, Map<Long, Instant> known) {
        Instant recorded = known.get(handle.pid());
        Optional<Instant> actual = handle.info().startInstant();
        return recorded == null
                || actual.isEmpty()
                || Duration.between(recorded, actual.get()).abs().compareTo(START_TIME_TOLERANCE) <= 0;
    }

    private static List<String> arguments(ProcessHandle handle) {
        try {
            // ProcessHandle gives none when they are longer than a page.
            return Arrays.asList(Files.readString(
                            Path.of("/proc", Long.toString(handle.pid()), "cmdline"), StandardCharsets.ISO_8859_1)
                    .split("\0", -1));
        } catch (IOException e) {
            return handle.info().arguments().map(Arrays::asList).orElse(List.of());
        }
    }

    private String name(ProcessHandle handle) {
        if (isPostgres(handle)) {
            return "PostgreSQL (" + handle.pid() + ")";
        }
        return arguments(handle).stream()
                        .filter(argument -> argument.startsWith("-Ddiplomatics.process="))
                        .findFirst()
                        .map(argument -> argument.substring(argument.indexOf('=') + 1))
                        .orElse("process")
                + " (" + handle.pid() + ")";
    }

    private static void end(ProcessHandle handle) {
        handle.destroy();
        try {
            handle.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            List<ProcessHandle> all = new ArrayList<>(handle.descendants().toList());
            all.add(handle);
            all.forEach(ProcessHandle::destroyForcibly);
            all.forEach(one -> one.onExit().orTimeout(30, TimeUnit.SECONDS).join());
        } catch (ExecutionException e) {
            throw new IllegalStateException("a leftover process could not be ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<Long, Instant> read() throws IOException {
        Map<Long, Instant> known = new LinkedHashMap<>();
        if (Files.exists(file())) {
            for (String line : Files.readAllLines(file())) {
                String[] parts = line.split(" ", -1);
                if (parts.length == 3) {
                    known.put(Long.parseLong(parts[1]), Instant.ofEpochMilli(Long.parseLong(parts[2])));
                }
            }
        }
        return known;
    }

    private Path file() {
        return layout.run().resolve("processes");
    }
}
