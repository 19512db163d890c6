package eu.diplomatics.quickstart.bench;

import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.local.LocalPostgres;
import eu.diplomatics.local.Ports;
import eu.diplomatics.quickstart.bench.BenchPeople.Person;
import eu.diplomatics.quickstart.bench.PacedCalls.Latencies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long single registrations and consultations by number take while everything is sealed under a new generation of
 * keys, as the scheduler has it done, against how long they take when nothing else goes on. Both come at a fixed rate, so
 * that whoever is kept waiting by another counts as slow too.
 */
final class RotationBench implements Benchmark {
    private static final int PEOPLE = 30_000;
    private static final int ROUNDS = 3;
    private static final Duration WARM_UP = Duration.ofMinutes(2);
    private static final Duration IDLE = Duration.ofSeconds(40);
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final String SEALING = "sealing anew";
    private static final String HEAD = "SELECT position FROM eventstore.head";
    private static final String UNIT = "microseconds";

    @Override
    public String purpose() {
        return "register and consult while data keys rotate; limit: the same when nothing rotates (p99 at most 2)";
    }

    @Override
    public void run(BenchReport report) throws Exception {
        LocalPostgres.Settings settings =
                LocalPostgres.settings().set("max_wal_size", "8GB").set("checkpoint_timeout", "1h");
        try (BenchHouse house = BenchHouse.open("rotation-bench", settings)) {
            List<Person> people = house.asRegistry(parts -> {
                HolderIndex index =
                        new HolderIndex(new BlindIndex(parts.keyring(), parts.custodian()), parts.keyring());
                return new BenchPeople(parts.keyring(), index, parts.log()).register(PEOPLE);
            });
            BenchServices services = house.services();
            try (BenchServices.Running registry = services.startRegistry(Ports.free());
                    BenchServices.Running query = services.startQuery(Ports.free())) {
                PacedCalls calls = new PacedCalls(registry.base(), query.base(), people);
                calls.awaitAnswered(people.getLast(), LIMIT);
                measure(report, house, calls);
            }
        }
    }

    private static void measure(BenchReport report, BenchHouse house, PacedCalls calls) throws Exception {
        Figures registrations = new Figures("registration");
        Figures consultations = new Figures("consultation");
        calls.during(() -> LockSupport.parkNanos(WARM_UP.toNanos()));
        for (int round = 0; round < ROUNDS; round++) {
            report.commitProbe(CommitProbe.perSecond(house.postgres()));
            house.settle();
            PacedCalls.Answers idle = calls.during(() -> LockSupport.parkNanos(IDLE.toNanos()));
            double events = house.logFigure(HEAD);
            long begun = System.nanoTime();
            String operation = calls.rotate("data-keys");
            PacedCalls.Answers sealing = calls.during(() -> awaitStep(calls, operation, true));
            report.note(String.format(
                    Locale.ROOT,
                    "%.0f events sealed anew in %.0f s; %d registrations and %d consultations meanwhile",
                    events,
                    (System.nanoTime() - begun) / 1e9,
                    sealing.registrations().count(),
                    sealing.consultations().count()));
            PacedCalls.Answers after = calls.during(() -> awaitStep(calls, operation, false));
            registrations.add(idle.registrations(), sealing.registrations(), after.registrations());
            consultations.add(idle.consultations(), sealing.consultations(), after.consultations());
        }
        registrations.report(report);
        consultations.report(report);
    }

    private static void awaitStep(PacedCalls calls, String operation, boolean sealing) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            PacedCalls.Operation now = calls.operation(operation);
            boolean stillSealing = now.step().isEmpty() || now.step().equals(SEALING);
            if (now.state().equals("FAILED")) {
                throw new IllegalStateException("the rotation failed");
            }
            if (now.state().equals("DONE") || sealing && !stillSealing) {
                return;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new IllegalStateException("the rotation does not end");
    }

    /** Percentiles of all rounds. */
    private record Figures(
            String what, List<Double> idle50, List<Double> idle99, List<List<Double>> sealing, List<Double> after99) {
        Figures(String what) {
            this(
                    what,
                    new ArrayList<>(),
                    new ArrayList<>(),
                    List.of(new ArrayList<>(), new ArrayList<>()),
                    new ArrayList<>());
        }

        void add(Latencies idle, Latencies whileSealing, Latencies afterwards) {
            idle50.add(idle.percentile(50));
            idle99.add(idle.percentile(99));
            sealing.getFirst().add(whileSealing.percentile(50));
            sealing.getLast().add(whileSealing.percentile(99));
            after99.add(afterwards.percentile(99));
        }

        void report(BenchReport report) {
            report.add(what + ", p50, sealing anew", sealing.getFirst(), idle50, UNIT);
            report.add(what + ", p99, sealing anew", sealing.getLast(), idle99, UNIT);
            report.add(what + ", p99, rest of it", after99, idle99, UNIT);
        }
    }
}
