package eu.diplomatics.registry.batch;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.keyring.KeyRefusedException;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.registry.batch.ChunkProcessor.PreparedChunk;
import eu.diplomatics.registry.batch.Job.State;
import eu.diplomatics.registry.batch.JobSeal.Piece;
import eu.diplomatics.registry.batch.JobStore.Chunk;
import eu.diplomatics.registry.batch.JobStore.Counts;
import eu.diplomatics.registry.batch.JobTurns.Turn;
import eu.diplomatics.registry.batch.Registrar.Attempt;
import eu.diplomatics.registry.batch.Registrar.Registrable;
import eu.diplomatics.registry.problem.BrokenRecords;
import eu.diplomatics.registry.problem.ProblemCode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.transaction.TransactionException;

/**
 * Works on jobs chunk by chunk, so that a small file does not wait for a large one. What a chunk needs
 * before it is registered is done ahead, at the same time as others; registered it is by one thread, in the order of its
 * job, and marked as done by another in the same order: the log waits for nothing but the next chunk. Whatever
 * stops it, a chunk that was under way is done again: its commands have the same ids, so nothing counts twice.
 */
final class BatchWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BatchWorker.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final int MAX_FAILURES = 3;
    /** Chunks in hand: one is registered, one waits for that, two are prepared; each takes some megabytes. */
    private static final int IN_HAND = 4;

    private static final int REGISTERING = 2;
    private static final int PREPARERS = 2;

    private final JobStore store;
    private final Keyring keyring;
    private final ChunkProcessor processor;
    private final Results results;
    private final Retention retention;
    private final InstantSource clock;
    private final Semaphore news = new Semaphore(0);
    private final Thread thread = Thread.ofPlatform().name("batch-worker").unstarted(this::run);
    private final ExecutorService preparers = Executors.newFixedThreadPool(
            PREPARERS, Thread.ofPlatform().name("batch-preparer-", 1).factory());
    private final Registrar registrar = new Registrar();
    private final ExecutorService finisher = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("batch-finisher").factory());
    private final JobTurns turns;
    private final Deque<Ahead> ahead = new ArrayDeque<>();
    private final Deque<Registering> registering = new ArrayDeque<>();
    private final Map<UUID, Attempt> attempts = new HashMap<>();
    private final Set<UUID> inHand = new HashSet<>();
    private final Map<UUID, Integer> failures = new HashMap<>();
    private @Nullable Finishing finishing;
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
        this.turns = new JobTurns(() -> store.in(State.RUNNING), System::nanoTime);
    }

    /** A turn, and what it is once it is prepared. */
    private record Ahead(Turn turn, Attempt attempt, Future<Registrable> prepared) {}

    private record Registering(Turn turn, Attempt attempt, Future<Supplier<List<RowResult>>> registered) {
        UUID job() {
            return turn.job().id();
        }
    }

    /** A chunk that is registered and about to be marked as done, its job too where it is the last. */
    private record Finishing(UUID job, boolean last, Future<?> marked) {}

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
                any = step();
                working = true;
            } catch (DataAccessException | TransactionException | KeysUnavailableException e) {
                if (working) {
                    LOG.warn("batches cannot be worked on: {}", e.getClass().getSimpleName());
                }
                working = false;
                leave();
                turns.forgetAll();
            }
            try {
                if (!any && news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                    news.drainPermits();
                }
            } catch (InterruptedException e) {
                break;
            }
        }
        leave();
    }

    /** One turn, while those after it are prepared, and the next is registered; whether there was one. */
    private boolean step() {
        handOver();
        Registering chunk = registering.poll();
        if (chunk == null) {
            boolean any = finishing != null;
            settle();
            return any;
        }
        UUID job = chunk.job();
        boolean givenUp = attempts.get(job) != chunk.attempt();
        Supplier<List<RowResult>> answers;
        try {
            answers = await(chunk.registered());
        } catch (RuntimeException e) {
            if (!givenUp) {
                settle();
                failed(job, e);
            }
            return true;
        }
        if (givenUp || job.equals(settle())) {
            return true; // done again
        }
        if (chunk.turn().isEnd()) {
            store.done(job, clock.instant());
            done(job);
            return true;
        }
        finishing = new Finishing(job, chunk.turn().isLast(), finisher.submit(() -> keep(chunk.turn(), answers.get())));
        if (failures.containsKey(job)) {
            settle(); // what follows is no longer of a job that fails
        }
        return true;
    }

    /** Has chunks prepared, and the first of them registered one right after the other. */
    private void handOver() {
        prepareAhead();
        while (registering.size() < REGISTERING && !ahead.isEmpty()) {
            Ahead chunk = ahead.remove();
            registering.add(new Registering(
                    chunk.turn(), chunk.attempt(), registrar.register(chunk.attempt(), chunk.prepared())));
        }
    }

    /**
     * Waits until the chunk before is marked as done. One that is not is done again with all that follow it in its job.
     *
     * @return the job that this failed for; null when all is well
     */
    private @Nullable UUID settle() {
        Finishing last = finishing;
        finishing = null;
        if (last == null) {
            return null;
        }
        try {
            var unused = await(last.marked());
            failures.remove(last.job());
            if (last.last()) {
                done(last.job());
            }
            return null;
        } catch (RuntimeException e) {
            failed(last.job(), e);
            return last.job();
        }
    }

    private void done(UUID job) {
        turns.forget(job);
        attempts.remove(job);
        inHand.remove(job);
        LOG.info("batch {} done", job);
    }

    /** As {@link #settle}, where everything is looked at anew anyway. */
    private void leave() {
        attempts.values().forEach(Attempt::end);
        attempts.clear();
        ahead.clear();
        registering.forEach(chunk -> failures.putIfAbsent(chunk.job(), 0));
        registering.clear();
        Finishing last = finishing;
        finishing = null;
        if (last != null) {
            try {
                var unused = await(last.marked());
                if (last.last()) {
                    done(last.job());
                }
            } catch (RuntimeException e) {
                failures.putIfAbsent(last.job(), 0);
                LOG.warn("batch {} waits: {}", last.job(), e.getClass().getSimpleName());
            }
        }
    }

    private void failed(UUID job, RuntimeException failure) {
        giveUpAhead(job);
        turns.rest(job, LOOK);
        if (passes(failure)) {
            failures.putIfAbsent(job, 0);
            LOG.warn("batch {} waits: {}", job, failure.getClass().getSimpleName());
            return;
        }
        // nothing of the content: a foreign message may repeat it
        LOG.error("batch {} fails: {} at {}", job, failure.getClass().getName(), failure.getStackTrace()[0]);
        BrokenRecords.in(failure).ifPresent(broken -> LOG.error("ALARM: {} is not what was stored", broken));
        if (failures.merge(job, 1, Integer::sum) >= MAX_FAILURES) {
            store.failed(job, code(failure), clock.instant());
            failures.remove(job);
        }
    }

    /** A job that failed is not prepared any further than what is tried again. */
    private void prepareAhead() {
        while (ahead.size() + registering.size() < IN_HAND) {
            Turn turn = turns.next(job -> !failures.containsKey(job)
                    || ahead.stream().noneMatch(chunk -> chunk.turn().job().id().equals(job))
                            && registering.stream()
                                    .noneMatch(chunk -> chunk.job().equals(job)));
            if (turn == null) {
                return;
            }
            UUID job = turn.job().id();
            boolean lastAttempt = failures.getOrDefault(job, 0) == MAX_FAILURES - 1;
            boolean triedBefore = !turn.isEnd() && inHand.add(job) || failures.containsKey(job);
            ahead.add(new Ahead(
                    turn,
                    attempts.computeIfAbsent(job, any -> new Attempt()),
                    preparers.submit(() -> prepare(turn, lastAttempt, triedBefore))));
        }
    }

    private Registrable prepare(Turn turn, boolean lastAttempt, boolean triedBefore) {
        if (turn.isEnd()) {
            return () -> List::of;
        }
        Job job = turn.job();
        Chunk chunk = store.chunk(job.id(), turn.number()).orElseThrow();
        List<RawRow> rows;
        List<String> header;
        try (JobSeal seal = JobSeal.open(keyring, job.id())) {
            rows = RawRow.decode(seal.open(Piece.ROWS, turn.number(), chunk.sealed()));
            header = Results.header(job, seal);
        }
        if (lastAttempt) {
            return () -> {
                List<RowResult> answers = processor.processEach(job, header, chunk.firstRow(), rows);
                return () -> answers;
            };
        }
        PreparedChunk prepared = processor.prepare(job, header, chunk.firstRow(), rows, triedBefore);
        return () -> processor.register(prepared);
    }

    private void giveUpAhead(UUID job) {
        ahead.removeIf(chunk -> chunk.turn().job().id().equals(job));
        Attempt attempt = attempts.remove(job);
        if (attempt != null) {
            attempt.end(); // also of those that wait to be registered
        }
        turns.forget(job);
    }

    /**
     * Whether a failure is of the kind that passes: something is away. A lost connection is no transient failure to Spring.
     * What the custodian refuses, a key that was destroyed for one, it refuses again.
     */
    static boolean passes(RuntimeException failure) {
        return switch (failure) {
            case KeyRefusedException e -> false;
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

    /** What a failure that does not pass is called. */
    static ProblemCode code(RuntimeException failure) {
        if (failure instanceof KeyRefusedException) {
            return ProblemCode.KEYS_UNAVAILABLE;
        }
        return BrokenRecords.in(failure).isPresent() ? ProblemCode.RECORD_UNAVAILABLE : ProblemCode.INTERNAL;
    }

    private void keep(Turn turn, List<RowResult> answers) {
        UUID job = turn.job().id();
        byte[] sealed;
        try (JobSeal seal = JobSeal.open(keyring, job)) {
            sealed = seal.seal(Piece.RESULTS, turn.number(), results.encode(answers));
        }
        store.chunkDone(job, turn.number(), sealed, Counts.of(answers), clock.instant());
    }

    static <T> T await(Future<T> work) {
        try {
            return work.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("the worker is told to stop", false, e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    @Override
    public void close() {
        stopped = true;
        news.release();
        try {
            if (thread.isAlive() && !thread.join(STOP_LIMIT)) {
                thread.interrupt();
            }
            registrar.close(STOP_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        preparers.shutdown();
        finisher.shutdown();
    }
}
