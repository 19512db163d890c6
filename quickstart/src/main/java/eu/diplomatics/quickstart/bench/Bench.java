package eu.diplomatics.quickstart.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code ./dev bench [NAME]}. */
public final class Bench {
    private static final Map<String, Benchmark> BENCHMARKS = new TreeMap<>(Map.ofEntries(
            Map.entry("append", new AppendBench()),
            Map.entry("backup", new BackupBench(false)),
            Map.entry("backup-large", new BackupBench(true)),
            Map.entry("consult", new ConsultBench()),
            Map.entry("generate", new GenerateBench()),
            Map.entry("million", new MillionBench()),
            Map.entry("reencrypt", new ReencryptBench()),
            Map.entry("register", new RegisterBench()),
            Map.entry("replay", new ReplayBench()),
            Map.entry("rewrite", new RewriteBench()),
            Map.entry("rotation", new RotationBench()),
            Map.entry("timing", new TimingBench())));

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        List<String> names = List.of(arguments);
        if (names.contains("--help") || names.contains("-h")) {
            usage(out);
            return;
        }
        Map<String, Benchmark> chosen = new TreeMap<>(BENCHMARKS);
        if (names.isEmpty()) {
            chosen.values().removeIf(benchmark -> !benchmark.isOneOfAll());
        } else {
            chosen.keySet().retainAll(names);
        }
        if (names.size() > 1 || chosen.isEmpty()) {
            System.err.println("error: " + (names.size() > 1 ? "one name at a time" : "no such benchmark"));
            System.err.println("HINT: one of " + String.join(", ", BENCHMARKS.keySet())
                    + "; without a name all but backup, backup-large and million");
            System.exit(2);
        }
        for (Map.Entry<String, Benchmark> benchmark : chosen.entrySet()) {
            BenchReport report = new BenchReport(benchmark.getKey());
            benchmark.getValue().run(report);
            report.print(out);
            out.println("written to " + report.write(Path.of("target", "bench")));
        }
    }

    private static void usage(PrintStream out) {
        out.println("usage: bench [NAME]");
        out.println();
        out.println("Measures ours against the raw limit of this machine in the same run, prints a table and writes");
        out.println(
                "target/bench/NAME.json. Without a name all run but backup and million. Nothing else should be busy meanwhile.");
        out.println();
        BENCHMARKS.forEach((name, benchmark) -> out.printf("  %-12s %s%n", name, benchmark.purpose()));
    }
}
