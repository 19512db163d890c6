package eu.diplomatics.registry.batch;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.registry.batch.Job.State;
import eu.diplomatics.registry.batch.JobSeal.Piece;
import eu.diplomatics.registry.batch.JobStore.Chunk;
import eu.diplomatics.registry.batch.JobStore.Counts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.transaction.TransactionException;

/**
 * Works on jobs chunk by chunk, each job in turn, so that a small file does not wait for a large one. Whatever stops it,
 * the chunk that was under way is done again: its commands have the same ids, so nothing counts twice.
 */
final class BatchWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BatchWorker.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final int MAX_FAILURES = 3;

    private final JobStore store;
    private final Keyring keyring;
    private final ChunkProcessor processor;
    private final Results results;
    private final Retention retention;
    private final InstantSource clock;
    private final Semaphore news = new Semaphore(0);
    private final Thread thread = Thread.ofPlatform().name("batch-worker").unstarted(this::run);
    private final Set<UUID> inHand = new HashSet<>();
    private final Map<UUID, Integer> failures = new HashMap<>();
    private volatile boolean stopped;
    private volatile boolean working = true;

    BatchWorker(
            JobStore store,
            Keyring keyring,
            ChunkProcessor processor,
            Results results,
            Retention retention,
            InstantSource clock) {
        this.store = store;
        this.keyring = keyring;
        this.processor = processor;
        this.results = results;
        this.retention = retention;
        this.clock = clock;
    }

    void start() {
        thread.start();
    }

    /** There is a new job. */
    void wake() {
        news.release();
    }

    /** Whether the last look at the jobs went well. */
    boolean isWorking() {
        return working;
    }

    private void run() {
        while (!stopped) {
            boolean any = false;
            try {
                retention.keep();
                any = pass();
                working = true;
            } catch (DataAccessException | TransactionException | KeysUnavailableException e) {
                if (working) {
                    LOG.warn("batches cannot be worked on: {}", e.getClass().getSimpleName());
                }
                working = false;
            }
            try {
                if (!any && news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                    news.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** One chunk of each job; whether there was any progress. */
    private boolean pass() {
        boolean progress = false;
        for (Job job : store.in(State.RUNNING)) {
            if (stopped) {
                return progress;
            }
            progress |= step(job);
        }
        return progress;
    }

    private boolean step(Job job) {
        if (job.chunksDone() == job.chunks()) {
            store.done(job.id(), clock.instant());
            inHand.remove(job.id());
            LOG.info("batch {} done", job.id());
            return true;
        }
        boolean triedBefore = inHand.add(job.id());
        try {
            work(job, job.chunksDone(), triedBefore || failures.containsKey(job.id()));
            failures.remove(job.id());
            return true;
        } catch (RuntimeException e) {
            if (passes(e)) {
                failures.putIfAbsent(job.id(), 0);
                LOG.warn("batch {} waits: {}", job.id(), e.getClass().getSimpleName());
                return false;
            }
            // nothing of the content: a foreign message may repeat it
            LOG.error("batch {} fails: {} at {}", job.id(), e.getClass().getName(), e.getStackTrace()[0]);
            if (failures.merge(job.id(), 1, Integer::sum) >= MAX_FAILURES) {
                store.failed(job.id(), clock.instant());
                failures.remove(job.id());
            }
            return false;
        }
    }

    /** Whether a failure is of the kind that passes: something is away. A lost connection is no transient failure to Spring. */
    static boolean passes(RuntimeException failure) {
        return switch (failure) {
            case KeysUnavailableException e -> true;
            case LogUnavailableException e -> true;
            case TransactionException e -> true;
            case DataIntegrityViolationException e -> false;
            case InvalidDataAccessResourceUsageException e -> false;
            case InvalidDataAccessApiUsageException e -> false;
            case DataAccessException e -> true;
            default -> false;
        };
    }

    private void work(Job job, int number, boolean triedBefore) {
        try (JobSeal seal = JobSeal.open(keyring, job.id())) {
            Chunk chunk = store.chunk(job.id(), number).orElseThrow();
            List<RawRow> rows = RawRow.decode(seal.open(Piece.ROWS, number, chunk.sealed()));
            List<String> header = Results.header(job, seal);
            boolean lastAttempt = failures.getOrDefault(job.id(), 0) == MAX_FAILURES - 1;
            List<RowResult> answers = lastAttempt
                    ? processor.processEach(job, header, chunk.firstRow(), rows)
                    : processor.process(job, header, chunk.firstRow(), rows, triedBefore);
            byte[] sealed = seal.seal(Piece.RESULTS, number, results.encode(answers));
            store.chunkDone(job.id(), number, sealed, counts(answers));
        }
    }

    private static Counts counts(List<RowResult> answers) {
        int accepted = 0;
        int duplicate = 0;
        int rejected = 0;
        for (RowResult answer : answers) {
            switch (answer.status()) {
                case ACCEPTED -> accepted++;
                case DUPLICATE -> duplicate++;
                case REJECTED -> rejected++;
            }
        }
        return new Counts(accepted, duplicate, rejected);
    }

    @Override
    public void close() {
        stopped = true;
        news.release();
        try {
            if (thread.isAlive() && !thread.join(STOP_LIMIT)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
