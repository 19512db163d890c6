package eu.diplomatics.quickstart.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * CPU time of this process and all that it started, by who took it: programs by kind, PostgreSQL's processes by the role
 * they serve, our services' time also by thread. What work costs in all shows here also where several processes share too
 * few cores. From Linux's process table; elsewhere there is nothing to tell.
 */
record CpuTimes(Map<String, Map<String, Long>> microsByPart) {
    /** Linux tells times in hundredths of a second, whatever its clock does. */
    private static final long MICROS_PER_TICK = 10_000;

    /** Values of proc(5)'s stat, counted from 0 behind the name: utime and stime, cutime and cstime. */
    private static final int OWN = 11;

    private static final int OF_ENDED_CHILDREN = 13;

    private static final String ALL = "";
    private static final String POSTGRES = "PostgreSQL";
    /** Of what a kind of process took: parts that took less are not told. */
    private static final double LEAST_PART = 0.04;

    /** What all have taken until now. */
    static CpuTimes now() {
        Map<String, Map<String, Long>> taken = new TreeMap<>();
        Stream.concat(
                        Stream.of(ProcessHandle.current()),
                        ProcessHandle.current().descendants())
                .forEach(process -> add(taken, Path.of("/proc", Long.toString(process.pid()))));
        return new CpuTimes(taken);
    }

    private static void add(Map<String, Map<String, Long>> taken, Path process) {
        try {
            String command = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            String kind = kind(process, command);
            Map<String, Long> parts = taken.computeIfAbsent(kind, any -> new TreeMap<>());
            long own = micros(process, OWN);
            parts.merge(ALL, own, Long::sum);
            if (kind.equals(POSTGRES)) {
                // of connections that were closed since, the postmaster knows
                long ended = micros(process, OF_ENDED_CHILDREN);
                parts.merge(ALL, ended, Long::sum);
                parts.merge("ended", ended, Long::sum);
                parts.merge(role(command), own, Long::sum);
            } else {
                threads(parts, process.resolve("task"));
            }
        } catch (IOException e) {
            // it ended while it was looked at
        }
    }

    private static String kind(Path process, String command) {
        if (process.endsWith(Long.toString(ProcessHandle.current().pid()))) {
            return "callers and custodian";
        }
        String program = command.toLowerCase(Locale.ROOT);
        return program.contains("postgres: ") || program.contains("/postgres\0")
                ? POSTGRES
                : program.contains("kafkabroker") ? "Kafka" : "service";
    }

    /** {@code postgres: ROLE DATABASE ADDRESS STATE}, or what a process without a client does. */
    private static String role(String command) {
        int title = command.indexOf("postgres: ");
        return title < 0
                ? "postmaster"
                : command.substring(title + "postgres: ".length())
                        .strip()
                        .split(" ", -1)[0]
                        .replace("\0", "");
    }

    private static void threads(Map<String, Long> parts, Path tasks) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                String name = Files.readString(thread.resolve("comm")).strip();
                parts.merge(name.replaceAll("[-# ]*\\d+(-\\d+)*$", ""), micros(thread, OWN), Long::sum);
            }
        }
    }

    /** The value at {@code first}, user mode, and the next, system mode; behind a name that may have blanks. */
    private static long micros(Path process, int first) throws IOException {
        String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
        String[] values = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(values[first]) + Long.parseLong(values[first + 1])) * MICROS_PER_TICK;
    }

    /** What was taken since an earlier look. */
    CpuTimes since(CpuTimes before) {
        Map<String, Map<String, Long>> difference = new TreeMap<>();
        microsByPart.forEach((kind, parts) -> parts.forEach((part, micros) -> difference
                .computeIfAbsent(kind, any -> new TreeMap<>())
                .put(
                        part,
                        micros
                                - before.microsByPart
                                        .getOrDefault(kind, Map.of())
                                        .getOrDefault(part, 0L))));
        return new CpuTimes(difference);
    }

    /** This and what was taken in another while. */
    CpuTimes plus(CpuTimes other) {
        Map<String, Map<String, Long>> sum = new TreeMap<>();
        Stream.of(this, other)
                .forEach(times -> times.microsByPart.forEach((kind, parts) -> parts.forEach((part, micros) ->
                        sum.computeIfAbsent(kind, any -> new TreeMap<>()).merge(part, micros, Long::sum))));
        return new CpuTimes(sum);
    }

    /** Microseconds of a core for each of so many things that were done, in all. */
    double each(double count) {
        return microsByPart.values().stream()
                        .mapToLong(parts -> parts.getOrDefault(ALL, 0L))
                        .sum()
                / count;
    }

    /** As {@link #each}, with who took it: the largest first, a line for each kind. */
    List<String> linesForEach(double count) {
        return microsByPart.entrySet().stream()
                .filter(kind -> kind.getValue().getOrDefault(ALL, 0L) / count >= 1)
                .sorted(Comparator.comparingLong(kind -> -kind.getValue().getOrDefault(ALL, 0L)))
                .map(kind -> line(kind.getKey(), kind.getValue(), count))
                .toList();
    }

    private static String line(String kind, Map<String, Long> parts, double count) {
        long all = parts.getOrDefault(ALL, 0L);
        return String.format(Locale.ROOT, "  %s %.0f µs: ", kind, all / count)
                + parts.entrySet().stream()
                        .filter(part -> !part.getKey().equals(ALL) && part.getValue() >= all * LEAST_PART)
                        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                        .map(part -> String.format(Locale.ROOT, "%s %.1f", part.getKey(), part.getValue() / count))
                        .collect(Collectors.joining(", "));
    }
}
