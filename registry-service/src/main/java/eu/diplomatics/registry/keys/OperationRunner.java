package eu.diplomatics.registry.keys;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.registry.keys.KeyOperation.StoppedException;
import eu.diplomatics.registry.keys.Operation.State;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Runs operations, one after the other; while one waits for something that is away, those after it have their turn. The
 * turn is a lock of a database session: of several instances one has it, a killed one loses it with its connection, and as
 * progress is written over that same connection nobody who lost it goes on. What was unfinished at a start is taken up
 * again.
 */
final class OperationRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperationRunner.class);
    private static final String TURN = "SELECT pg_try_advisory_lock(hashtext('keys.operation'))";
    private static final String LEAVE = "SELECT pg_advisory_unlock(hashtext('keys.operation'))";
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final int MAX_ATTEMPTS = 5;

    private final DataSource dataSource;
    private final OperationStore store;
    private final Map<String, KeyOperation> kinds = new TreeMap<>();
    private final InstantSource clock;
    private final Semaphore news = new Semaphore(0);
    private final Thread thread = Thread.ofPlatform().name("key-operations").unstarted(this::run);
    private final Map<UUID, Integer> failures = new TreeMap<>();
    private volatile boolean stopped;

    OperationRunner(
            DataSource dataSource, OperationStore store, Collection<KeyOperation> operations, InstantSource clock) {
        this.dataSource = dataSource;
        this.store = store;
        this.clock = clock;
        for (KeyOperation operation : operations) {
            if (kinds.put(operation.kind(), operation) != null) {
                throw new IllegalStateException("two key operations of kind " + operation.kind());
            }
        }
    }

    void start() {
        thread.start();
    }

    /** By name, in order. */
    Collection<KeyOperation> kinds() {
        return kinds.values();
    }

    /** When the last one of this kind came to its end. */
    Optional<Instant> lastDone(String kind) {
        return store.last(kind, State.DONE);
    }

    /** When the last one of this kind failed. */
    Optional<Instant> lastFailed(String kind) {
        return store.last(kind, State.FAILED);
    }

    Optional<KeyOperation> kind(String name) {
        return Optional.ofNullable(kinds.get(name));
    }

    /** Asks for work; when some of its kind is unfinished, that one is answered instead. */
    Operation request(String kind, Map<String, String> arguments, String requestedBy) {
        KeyOperation operation = kinds.get(kind);
        if (operation == null || !operation.arguments().containsAll(arguments.keySet())) {
            throw new IllegalArgumentException("no such kind of operation, or no such argument of it");
        }
        while (true) {
            UUID id = UUID.randomUUID();
            boolean added = store.add(id, kind, arguments, requestedBy, clock.instant());
            news.release();
            if (added) {
                return store.find(id).orElseThrow();
            }
            for (Operation other : store.unfinished()) {
                if (other.kind().equals(kind)) {
                    return other;
                }
            }
        }
    }

    private void run() {
        while (!stopped) {
            boolean any = false;
            try {
                any = pass();
            } catch (DataAccessException | TransactionException | SQLException e) {
                LOG.warn("key operations cannot be worked on: {}", e.getClass().getSimpleName());
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

    /** Whether an operation came to its end. */
    private boolean pass() throws SQLException {
        List<Operation> waiting = store.unfinished();
        if (waiting.isEmpty()) {
            return false;
        }
        try (Connection connection = dataSource.getConnection()) {
            if (!ask(connection, TURN)) {
                return false;
            }
            try {
                return work(new OperationStore(connection));
            } finally {
                leave(connection);
            }
        }
    }

    /** What an attempt came to. */
    private enum Attempted {
        ENDED,
        /** It is tried again; others need not wait for it. */
        AGAIN,
        STOPPED
    }

    private boolean work(OperationStore turn) {
        for (Operation next : turn.unfinished()) {
            KeyOperation operation = kinds.get(next.kind());
            // of a later program, running beside this one
            if (operation == null) {
                continue;
            }
            if (stopped || !turn.take(next.id(), clock.instant())) {
                return false;
            }
            Attempted attempted = attempt(turn, next, operation);
            if (attempted != Attempted.AGAIN) {
                return attempted == Attempted.ENDED;
            }
        }
        return false;
    }

    private Attempted attempt(OperationStore turn, Operation next, KeyOperation operation) {
        LOG.info("key operation {} {} begins", next.kind(), next.id());
        try {
            operation.run(new Turn(turn, next));
            turn.ended(next.id(), State.DONE, null, clock.instant());
            failures.remove(next.id());
            LOG.info("key operation {} {} done", next.kind(), next.id());
            return Attempted.ENDED;
        } catch (StoppedException e) {
            LOG.info("key operation {} {} stops: {}", next.kind(), next.id(), e.getMessage());
            return Attempted.STOPPED;
        } catch (RuntimeException e) {
            return failed(turn, next, e);
        }
    }

    private Attempted failed(OperationStore turn, Operation next, RuntimeException failure) {
        String error = failure instanceof KeyOperationException || failure instanceof KeysUnavailableException
                ? String.valueOf(failure.getMessage())
                : failure.getClass().getSimpleName();
        boolean passes = passes(failure);
        if (!passes && failures.merge(next.id(), 1, Integer::sum) >= MAX_ATTEMPTS) {
            LOG.error("ALARM: key operation {} {} failed: {}", next.kind(), next.id(), error);
            turn.ended(next.id(), State.FAILED, error, clock.instant());
            failures.remove(next.id());
            return Attempted.ENDED;
        }
        LOG.warn(
                "key operation {} {} {}: {} at {}",
                next.kind(),
                next.id(),
                passes ? "waits" : "fails, and is tried again",
                error,
                failure.getStackTrace().length == 0 ? "?" : failure.getStackTrace()[0]);
        turn.error(next.id(), error);
        return Attempted.AGAIN;
    }

    private static boolean passes(RuntimeException failure) {
        return failure instanceof KeysUnavailableException
                || failure instanceof LogUnavailableException
                || failure instanceof DataAccessException
                || failure instanceof TransactionException;
    }

    private static boolean ask(Connection connection, String question) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** A connection that goes back into the pool must not take the turn with it. */
    private static void leave(Connection connection) {
        try {
            ask(connection, LEAVE);
        } catch (SQLException e) {
            LOG.warn("the turn of key operations ends with its connection: {}", e.getSQLState());
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
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What an operation sees of its turn. */
    private final class Turn implements KeyOperation.Run {
        private final OperationStore turn;
        private final Operation operation;
        private @Nullable String step;

        Turn(OperationStore turn, Operation operation) {
            this.turn = turn;
            this.operation = operation;
        }

        @Override
        public UUID id() {
            return operation.id();
        }

        @Override
        public Map<String, String> arguments() {
            return operation.arguments();
        }

        @Override
        public String once(Supplier<String> decision) {
            return turn.decided(operation.id()).orElseGet(() -> {
                String decided = decision.get();
                held(turn.decide(operation.id(), decided));
                return decided;
            });
        }

        @Override
        public void step(String name) {
            if (!name.equals(step)) {
                step = name;
                held(turn.step(operation.id(), name, clock.instant()));
            }
        }

        @Override
        public void progress(long done, long total) {
            held(turn.progress(operation.id(), done, total));
        }

        private void held(boolean mine) {
            if (stopped) {
                throw new StoppedException("the service stops");
            }
            if (!mine) {
                throw new StoppedException("the operation is no longer running");
            }
        }
    }
}
