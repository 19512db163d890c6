package eu.diplomatics.quickstart.bench;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.local.LocalPostgres;
import eu.diplomatics.local.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Files of sample registrations through the API of the service as it is run: received, sealed, read, checked, indexed by
 * the custodian, keyed, sealed again and appended. Held against the slower of two limits of the same run: a plain batched
 * insert of as many rows of the same size as the log gained, and the custodian's HMAC, one a registration.
 */
final class RegisterBench implements Benchmark {
    private static final int FILE_ROWS = 5_000;
    /** As long as C2 still has much to do: a registry runs for months. */
    private static final int WARM_UP_FILES = 90;
    /** As many for each sender, so that none is left alone at the end of a round for long. */
    private static final int ROUND_FILES = 18;

    private static final int ROUNDS = 5;
    private static final int AT_ONCE = 3;
    private static final long SEED = 1;
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final int HMAC_CALLERS = 2;
    private static final int HMAC_BATCH = 2_000;
    private static final String HOLDER_INDEX = "holder-index";
    private static final String HEAD = "SELECT position FROM eventstore.head";
    private static final String CIPHERTEXT_BYTES = "SELECT avg(octet_length(ciphertext)) FROM eventstore.ciphertext_1";

    @Override
    public String purpose() {
        return "register files through the API; limit: the slower of a batched insert and the custodian's HMAC";
    }

    @Override
    public void run(BenchReport report) throws Exception {
        LocalPostgres.Settings settings =
                BenchHouse.settings().set("max_wal_size", "8GB").set("checkpoint_timeout", "1h");
        try (BenchHouse house = BenchHouse.open("register-bench", settings);
                BenchServices.Running registry = house.services().startRegistry(Ports.free(), options())) {
            RegisterCalls calls = new RegisterCalls(registry.base(), AT_ONCE);
            SampleFiles files = new SampleFiles(SEED, FILE_ROWS);
            calls.perSecond(files.next(WARM_UP_FILES));
            int ciphertextBytes = (int) house.logFigure(CIPHERTEXT_BYTES);
            try (LimitInserts inserts = new LimitInserts(house.postgres(), ciphertextBytes);
                    HttpsCustodian custodian = house.custodian("registry");
                    HttpsCustodian operator = house.custodian("operator")) {
                inserts.chooseFasterBatch(LIMIT);
                hmacs(custodian);
                report.note("the custodian's token: " + operator.status().token());
                measure(report, house, calls, files, inserts, custodian);
            }
        }
    }

    /** More options for the service's JVM, such as a recording of where its time goes. */
    private static String[] options() {
        String options = System.getProperty("diplomatics.bench.registry", "");
        return options.isBlank() ? new String[0] : options.strip().split(" ", -1);
    }

    private static void measure(
            BenchReport report,
            BenchHouse house,
            RegisterCalls calls,
            SampleFiles files,
            LimitInserts inserts,
            Custodian custodian)
            throws Exception {
        List<Double> ours = new ArrayList<>();
        List<Double> slower = new ArrayList<>();
        List<Double> rows = new ArrayList<>();
        List<Double> registrations = new ArrayList<>();
        List<Double> hmacs = new ArrayList<>();
        double eventsPerRow = 0;
        CpuTimes spent = new CpuTimes(Map.of());
        CpuTimes spentOnRows = new CpuTimes(Map.of());
        double rowsDone = 0;
        for (int round = 0; round < ROUNDS; round++) {
            report.commitProbe(CommitProbe.perSecond(house.postgres()));
            List<SampleFiles.SampleFile> next = files.next(ROUND_FILES);
            house.settle();
            double before = house.logFigure(HEAD);
            CpuTimes begun = CpuTimes.now();
            ours.add(calls.perSecond(next));
            spent = spent.plus(CpuTimes.now().since(begun));
            eventsPerRow = (house.logFigure(HEAD) - before) / (ROUND_FILES * FILE_ROWS);
            house.settle();
            begun = CpuTimes.now();
            rows.add(inserts.batched(LIMIT));
            spentOnRows = spentOnRows.plus(CpuTimes.now().since(begun));
            rowsDone += rows.getLast() * LIMIT.toSeconds();
            registrations.add(rows.getLast() / eventsPerRow);
            hmacs.add(hmacs(custodian));
            slower.add(Math.min(registrations.getLast(), hmacs.getLast()));
        }
        report.add("register-bulk", ours, slower, "registrations/s");
        report.add("beside it: insert, same events", ours, registrations, "registrations/s");
        report.add("beside it: insert, one row each", ours, rows, "rows/s");
        report.add("beside it: custodian's HMAC", ours, hmacs, "HMAC/s");
        report.note(String.format(Locale.ROOT, "events a registration in the last round: %.2f", eventsPerRow));
        double registered = (double) ROUNDS * ROUND_FILES * FILE_ROWS;
        report.note(String.format(
                Locale.ROOT,
                "CPU of all processes: %.0f µs a registration; %.0f µs a row of the insert, so %.0f µs a registration",
                spent.each(registered),
                spentOnRows.each(rowsDone),
                spentOnRows.each(rowsDone) * eventsPerRow));
        spent.linesForEach(registered).forEach(report::note);
    }

    private static double hmacs(Custodian custodian) throws Exception {
        return OurAppends.rate(HMAC_CALLERS, LIMIT, until -> {
            long done = 0;
            while (System.nanoTime() < until) {
                List<Custodian.IndexRequest> batch = new ArrayList<>(HMAC_BATCH);
                for (int i = 0; i < HMAC_BATCH; i++) {
                    try (SecretBytes value = SecretBytes.random(32)) {
                        batch.add(new Custodian.IndexRequest(
                                HOLDER_INDEX, value.reveal().clone()));
                    }
                }
                done += custodian.index(batch).size();
            }
            return done;
        });
    }
}
