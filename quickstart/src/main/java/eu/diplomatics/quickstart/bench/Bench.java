package eu.diplomatics.quickstart.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code ./dev bench [NAME]}. */
public final class Bench {
    private static final Map<String, Benchmark> BENCHMARKS = new TreeMap<>(Map.of(
            "append", new AppendBench(),
            "consult", new ConsultBench(),
            "generate", new GenerateBench(),
            "million", new MillionBench(),
            "reencrypt", new ReencryptBench(),
            "register", new RegisterBench(),
            "replay", new ReplayBench(),
            "rewrite", new RewriteBench(),
            "rotation", new RotationBench()));

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
            System.err.println(
                    "HINT: one of " + String.join(", ", BENCHMARKS.keySet()) + "; without a name all but million");
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
                "target/bench/NAME.json. Without a name all run but million. Nothing else should be busy meanwhile.");
        out.println();
        BENCHMARKS.forEach((name, benchmark) -> out.printf("  %-10s %s%n", name, benchmark.purpose()));
    }
}
