package eu.diplomatics.quickstart.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Figures of one benchmark and the state of the machine they were taken on. */
final class BenchReport {
    private final String name;
    private final List<Result> results = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Double> commitProbes = new ArrayList<>();
    private final double loadAtStart =
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();

    BenchReport(String name) {
        this.name = name;
    }

    private record Result(String name, double ours, double limit, String unit) {
        double ratio() {
            return ours / limit;
        }
    }

    /** How many commits a second one connection gets: what the disk is worth at this moment. */
    void commitProbe(double perSecond) {
        commitProbes.add(perSecond);
    }

    /** Something to know when the figures are read. */
    void note(String text) {
        notes.add(text);
    }

    /** Medians over the rounds. */
    void add(String result, List<Double> ours, List<Double> limit, String unit) {
        results.add(new Result(result, median(ours), median(limit), unit));
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    void print(PrintStream out) {
        out.printf(
                Locale.ROOT,
                "%s on %d cores, %.0f commits/s by one connection, load %.1f at the start%n",
                name,
                cores(),
                commitProbes.isEmpty() ? 0 : median(commitProbes),
                loadAtStart);
        out.printf(Locale.ROOT, "%-28s %14s %14s %8s  %s%n", "", "ours", "limit", "ratio", "unit");
        for (Result result : results) {
            out.printf(
                    Locale.ROOT,
                    "%-28s %14.0f %14.0f %8.2f  %s%n",
                    result.name(),
                    result.ours(),
                    result.limit(),
                    result.ratio(),
                    result.unit());
        }
        notes.forEach(note -> out.println("  " + note));
    }

    /** Writes {@code NAME.json} and tells where. */
    Path write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(name + ".json");
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("cores", cores());
        machine.put("commitProbePerSecond", commitProbes.isEmpty() ? 0 : rounded(median(commitProbes)));
        machine.put("load", rounded(loadAtStart));
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Result result : results) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", result.name());
            row.put("ours", rounded(result.ours()));
            row.put("limit", rounded(result.limit()));
            row.put("ratio", Math.round(result.ratio() * 1000) / 1000.0);
            row.put("unit", result.unit());
            rows.add(row);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("machine", machine);
        document.put("results", rows);
        if (!notes.isEmpty()) {
            document.put("notes", notes);
        }
        Files.writeString(
                file,
                JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(document));
        return file;
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
