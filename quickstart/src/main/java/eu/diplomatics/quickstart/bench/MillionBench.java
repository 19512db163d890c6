package eu.diplomatics.quickstart.bench;

import eu.diplomatics.local.LocalPostgres;
import eu.diplomatics.local.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A million registrations through the API of a service with a heap of 512 MB: all of them end in the log, and it stays flat. */
final class MillionBench implements Benchmark {
    private static final int ROWS = 1_000_000;
    private static final int FILE_ROWS = 5_000;
    private static final int AT_ONCE = 3;
    private static final long SEED = 2;
    private static final String HEAP = "512m";
    private static final String REGISTRATIONS =
            "SELECT count(*) FROM eventstore.event WHERE type = 'QualificationRegistered'";
    private static final String EVENTS = "SELECT count(*) FROM eventstore.event";
    private static final Pattern COLLECTION = Pattern.compile("Pause \\w+.*? (\\d+)M->(\\d+)M");

    @Override
    public String purpose() {
        return "1,000,000 rows through the API with a heap of 512 MB; takes minutes, runs only by its name";
    }

    @Override
    public boolean isOneOfAll() {
        return false;
    }

    @Override
    public void run(BenchReport report) throws Exception {
        Path gc = Files.createTempFile("million", ".gc");
        LocalPostgres.Settings settings = BenchHouse.settings().set("max_wal_size", "4GB");
        try (BenchHouse house = BenchHouse.open("million-bench", settings);
                BenchServices.Running registry = house.services()
                        .startRegistry(
                                Ports.free(), "-Xmx" + HEAP, "-XX:+ExitOnOutOfMemoryError", "-Xlog:gc:file=" + gc)) {
            report.commitProbe(CommitProbe.perSecond(house.postgres()));
            SampleFiles files = new SampleFiles(SEED, FILE_ROWS);
            double rate = new RegisterCalls(registry.base(), AT_ONCE).perSecond(files.iterator(ROWS / FILE_ROWS));
            double registered = house.logFigure(REGISTRATIONS);
            report.add("register-million", List.of(rate), List.of(rate), "registrations/s");
            report.note(String.format(
                    Locale.ROOT, "registrations in the log: %.0f; events: %.0f", registered, house.logFigure(EVENTS)));
            report.note(heap(Files.readAllLines(gc)));
            if (registered != ROWS) {
                throw new IllegalStateException("not every row is in the log: " + registered);
            }
        } finally {
            Files.delete(gc);
        }
    }

    /** Of the service's collections: the most that was used, and what was left early on and at the end. */
    private static String heap(List<String> log) {
        List<Integer> left = new ArrayList<>();
        int most = 0;
        for (String line : log) {
            Matcher collection = COLLECTION.matcher(line);
            if (collection.find()) {
                most = Math.max(most, Integer.parseInt(collection.group(1)));
                left.add(Integer.valueOf(collection.group(2)));
            }
        }
        if (left.size() < 4) {
            return "too few collections to say how the heap went";
        }
        int quarter = left.size() / 4;
        return String.format(
                Locale.ROOT,
                "heap: at most %d MB used; left after a collection at least %d MB in the second quarter, %d MB in the last",
                most,
                Collections.min(left.subList(quarter, 2 * quarter)),
                Collections.min(left.subList(3 * quarter, left.size())));
    }
}
