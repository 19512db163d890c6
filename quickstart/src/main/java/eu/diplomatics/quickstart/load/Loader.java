package eu.diplomatics.quickstart.load;

import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.quickstart.caller.Callers;
import eu.diplomatics.quickstart.load.RegistryClient.Result;
import eu.diplomatics.quickstart.sample.FollowUp;
import eu.diplomatics.quickstart.sample.SampleGenerator;
import eu.diplomatics.quickstart.sample.SampleRegistration;
import eu.diplomatics.taxonomy.Institutions;
import eu.diplomatics.taxonomy.Taxonomy;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Streams generated registrations to the registry, one batch per supplier at a time, and then what happens to some of
 * them later. Memory does not grow with the number of records.
 */
public final class Loader {
    /** Fixed, so that the same seed gives the same records on any day. */
    private static final LocalDate UNTIL = LocalDate.of(2026, 9, 30);

    private static final int BATCH_ROWS = 2_000;
    private static final int BATCHES_AT_ONCE = 3;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long REPORT_EVERY_NANOS = 1_000_000_000L;

    private final RegistryClient client;
    private final Consumer<String> progress;
    private final JsonMapper mapper =
            JsonMapper.builder().addModule(QualificationJson.module()).build();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong duplicate = new AtomicLong();
    private final AtomicLong followUps = new AtomicLong();
    private final AtomicLong lastReport = new AtomicLong(System.nanoTime());
    private final long start = System.nanoTime();

    public Loader(Callers callers, String registryUrl, Consumer<String> progress) {
        this.client = new RegistryClient(callers, registryUrl);
        this.progress = progress;
    }

    /** What was loaded. */
    public record Summary(long rows, long accepted, long duplicate, long rejected, long followUps, double seconds) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d rows: %,d registered, %,d known already, %,d rejected; %,d corrections, annulments and"
                            + " reinstatements; %.1f s, %,.0f rows/s",
                    rows,
                    accepted,
                    duplicate,
                    rejected,
                    followUps,
                    seconds,
                    rows / seconds);
        }
    }

    /** The records of a seed, in the order in which they are loaded. */
    public static Iterator<SampleRegistration> records(long seed, long count) {
        return new SampleGenerator(seed, Taxonomy.current(), Institutions.sample(), UNTIL)
                .registrations()
                .limit(count)
                .iterator();
    }

    public Summary load(long count, long seed) throws IOException, InterruptedException {
        Map<String, List<SampleRegistration>> waiting = new HashMap<>();
        List<Future<?>> running = new ArrayList<>();
        Semaphore free = new Semaphore(BATCHES_AT_ONCE);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Iterator<SampleRegistration> records = records(seed, count);
            while (records.hasNext()) {
                SampleRegistration next = records.next();
                List<SampleRegistration> rows = waiting.computeIfAbsent(next.supplier(), any -> new ArrayList<>());
                rows.add(next);
                if (rows.size() == BATCH_ROWS) {
                    waiting.remove(next.supplier());
                    submit(executor, free, running, rows, count);
                }
            }
            for (List<SampleRegistration> rows : waiting.values()) {
                submit(executor, free, running, rows, count);
            }
            for (Future<?> future : running) {
                check(future);
            }
        }
        return new Summary(
                done.get(),
                accepted.get(),
                duplicate.get(),
                done.get() - accepted.get() - duplicate.get(),
                followUps.get(),
                elapsedSeconds());
    }

    private void submit(
            ExecutorService executor,
            Semaphore free,
            List<Future<?>> running,
            List<SampleRegistration> rows,
            long count)
            throws IOException, InterruptedException {
        free.acquire();
        for (Iterator<Future<?>> all = running.iterator(); all.hasNext(); ) {
            Future<?> future = all.next();
            if (future.isDone()) {
                check(future);
                all.remove();
            }
        }
        running.add(executor.submit(() -> {
            try {
                register(rows);
                report(count);
                return null;
            } finally {
                free.release();
            }
        }));
    }

    private void register(List<SampleRegistration> rows) throws IOException, InterruptedException {
        String supplier = rows.getFirst().supplier();
        String batch = client.submit(
                supplier, rows.stream().map(SampleRegistration::json).toList());
        List<Result> results = client.results(supplier, batch);
        if (results.size() != rows.size()) {
            throw new IOException("batch " + batch + " answered " + results.size() + " of " + rows.size() + " rows");
        }
        for (int row = 0; row < rows.size(); row++) {
            Result result = results.get(row);
            done.incrementAndGet();
            if (result.status().equals("ACCEPTED")) {
                accepted.incrementAndGet();
                follow(supplier, result.reference(), rows.get(row).followUps());
            } else if (result.status().equals("DUPLICATE")) {
                duplicate.incrementAndGet();
            }
        }
    }

    private void follow(String supplier, String reference, List<FollowUp> steps)
            throws IOException, InterruptedException {
        // A batch sent again answers as the first time. Correcting or annulling again changes nothing, but annulling
        // what was reinstated since would: so the reinstatement is asked for first.
        if (steps.size() > 1
                && steps.getLast() instanceof FollowUp.Reinstatement(var request)
                && client.reinstated(supplier, reference, mapper.writeValueAsBytes(request))) {
            return;
        }
        long version = 1;
        for (FollowUp step : steps) {
            version = switch (step) {
                case FollowUp.Correction correction ->
                    client.correct(supplier, reference, version, mapper.writeValueAsBytes(correction.request()));
                case FollowUp.Annulment annulment ->
                    client.state(supplier, reference, "annulment", mapper.writeValueAsBytes(annulment.request()));
                case FollowUp.Reinstatement reinstatement ->
                    client.state(
                            supplier, reference, "reinstatement", mapper.writeValueAsBytes(reinstatement.request()));
            };
            followUps.incrementAndGet();
        }
    }

    private void report(long count) {
        long now = System.nanoTime();
        long last = lastReport.get();
        if (now - last < REPORT_EVERY_NANOS || !lastReport.compareAndSet(last, now)) {
            return;
        }
        long rows = done.get();
        double rate = rows / elapsedSeconds();
        progress.accept(String.format(
                Locale.ROOT,
                "%,d of %,d rows, %,.0f rows/s, about %,.0f s left",
                rows,
                count,
                rate,
                (count - rows) / Math.max(rate, 1)));
    }

    private double elapsedSeconds() {
        return (System.nanoTime() - start) / NANOS_PER_SECOND;
    }

    private static void check(Future<?> future) throws IOException, InterruptedException {
        try {
            future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException("a batch could not be loaded", e);
        }
    }
}
