package eu.diplomatics.eventstore;

import eu.diplomatics.eventstore.AppendQueue.Waiting;
import eu.diplomatics.eventstore.WriterSession.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log's one writer: takes what waits, hands it to the database in one call that is one transaction, and completes
 * the callers' futures after it. Opening it deposes whichever writer was there before.
 *
 * <p>A connection lost in the middle leaves the outcome unknown. The writer then waits, in a new session, until the
 * old transaction is over, and offers the same units again: their command ids tell which of them were appended.
 */
public final class PostgresEventLog implements EventLog {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresEventLog.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration IDLE_CHECK = Duration.ofSeconds(2);
    private static final int MAX_ATTEMPTS = 10;
    /** Of the time that the last call took: what those who were answered then may take to come back together. */
    private static final int LINGER_PART = 4;

    private static final long LONGEST_LINGER_NANOS = 2_000_000;

    private enum State {
        READY,
        /** The connection is lost; what waits is kept for the recovery time-out. */
        RECOVERING,
        /** Nothing is accepted until the database answers again. */
        DOWN,
        DEPOSED
    }

    private final PGSimpleDataSource source;
    private final EventLogSettings settings;
    private final AppendQueue queue;
    private final Answers answers = new Answers();
    private final Thread writer = new Thread(this::run, "event-log-writer");
    private final List<LongConsumer> headListeners = new CopyOnWriteArrayList<>();
    private final List<RecentEvents> keepers = new CopyOnWriteArrayList<>();
    private final EventsNeededOnce neededOnce = new EventsNeededOnce();
    private final long epoch;

    private volatile State state = State.READY;
    private @Nullable WriterSession session;
    private long head;
    private int company = 1;
    private long lingerNanos;

    private PostgresEventLog(PGSimpleDataSource source, EventLogSettings settings, WriterSession session)
            throws SQLException {
        this.source = source;
        this.settings = settings;
        this.queue = new AppendQueue(settings);
        this.session = session;
        WriterSession.Claim claim = session.claim();
        this.epoch = claim.epoch();
        this.head = claim.head();
    }

    /**
     * Claims the log.
     *
     * @param username a login that may execute the append functions, {@code es_writer}
     * @throws LogUnavailableException when the database does not answer
     */
    public static PostgresEventLog open(String url, String username, String password, EventLogSettings settings) {
        PGSimpleDataSource source = WriterSession.source(url, username, password);
        WriterSession session = null;
        try {
            session = new WriterSession(source);
            PostgresEventLog log = new PostgresEventLog(source, settings, session);
            log.writer.start();
            LOG.info("writing the log from position {} in epoch {}", log.head, log.epoch);
            return log;
        } catch (SQLException e) {
            if (session != null) {
                session.close();
            }
            throw new LogUnavailableException("the log cannot be claimed (" + SqlStates.of(e) + ")", false, e);
        }
    }

    @Override
    public List<CompletableFuture<AppendOutcome>> append(List<AppendUnit> units) {
        Object call = new Object();
        List<Waiting> offered = new ArrayList<>(units.size());
        for (AppendUnit unit : units) {
            AppendBatch.check(unit);
            offered.add(Waiting.of(unit, call));
        }
        LogUnavailableException refused = refusal();
        int taken = refused == null ? queue.offer(offered) : 0;
        if (taken < offered.size()) {
            LogUnavailableException reason = refused != null ? refused : refusalAfterWaiting();
            offered.subList(taken, offered.size())
                    .forEach(waiting -> waiting.future().completeExceptionally(reason));
        }
        return offered.stream().map(Waiting::future).toList();
    }

    private @Nullable LogUnavailableException refusal() {
        return switch (state) {
            case DEPOSED -> deposed();
            case DOWN -> new LogUnavailableException("the database does not answer");
            case READY, RECOVERING -> null;
        };
    }

    private LogUnavailableException refusalAfterWaiting() {
        LogUnavailableException now = refusal();
        if (now != null) {
            return now;
        }
        return new LogUnavailableException(queue.isClosed() ? "the log is closed" : "too many units wait");
    }

    @Override
    public boolean isReady() {
        return state == State.READY && !queue.isClosed();
    }

    /** Over a connection of its own: the writer's is the writer's. */
    @Override
    public boolean holdsLog() {
        try (WriterSession asked = new WriterSession(source)) {
            return asked.holds(epoch);
        } catch (SQLException e) {
            throw new LogUnavailableException("the database does not answer (" + SqlStates.of(e) + ")", false, e);
        }
    }

    /** Told the new head after each commit, on the writer's thread: do no more than wake somebody. */
    public void onAppended(LongConsumer listener) {
        headListeners.add(listener);
    }

    /** From now on {@code recent} holds what was appended last; it knows of an event before any listener is told. */
    public void keep(RecentEvents recent) {
        keepers.add(recent);
    }

    /** What goes on with this log after a loss, by the right of this writer. */
    public LogContinuation continuation() {
        return new LogContinuation(source, epoch);
    }

    @Override
    public void close() {
        queue.close();
        try {
            if (!writer.join(CLOSE_TIMEOUT)) {
                writer.interrupt();
            }
            if (!answers.close(CLOSE_TIMEOUT)) {
                LOG.warn("some callers of the log are still busy with their answers");
            }
        } catch (InterruptedException e) {
            writer.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (state != State.DEPOSED && !queue.isDrained()) {
                List<Waiting> batch = queue.take(IDLE_CHECK, company, lingerNanos);
                if (batch.isEmpty()) {
                    checkIdle();
                } else {
                    long begun = System.nanoTime();
                    write(batch);
                    expectCompany(batch, System.nanoTime() - begun);
                }
                if (state == State.DOWN) {
                    awaitDatabase();
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("the log's writer was told to stop");
        } catch (RuntimeException | Error e) {
            LOG.error("the log's writer ends: {}", e.getClass().getName());
        } finally {
            queue.close();
            LogUnavailableException reason =
                    state == State.DEPOSED ? deposed() : new LogUnavailableException("the log is closed");
            answers.fail(queue.drain(), reason);
            disconnect();
        }
    }

    /**
     * Callers that went together come back together, one after the other: who took the first of them alone would let all
     * the others wait for a commit of one. A lone caller waits for nobody.
     */
    private void expectCompany(List<Waiting> batch, long tookNanos) {
        company = (int) batch.stream().map(Waiting::call).distinct().count();
        lingerNanos = company == 1 ? 0 : Math.min(tookNanos / LINGER_PART, LONGEST_LINGER_NANOS);
    }

    /** Whatever happens, nobody who waits for one of these is left without an answer, and the writer goes on. */
    private void write(List<Waiting> batch) throws InterruptedException {
        try {
            tryWrite(batch);
        } catch (InterruptedException e) {
            answers.fail(batch, outcomeUnknown(e));
            throw e;
        } catch (RuntimeException | Error e) {
            LOG.error("appending met {}", e.getClass().getName());
            disconnect(); // the next session asks the database for its head
            answers.fail(batch, outcomeUnknown(e));
        }
    }

    private static LogUnavailableException outcomeUnknown(Throwable cause) {
        return new LogUnavailableException("it is not known whether this was appended", false, cause);
    }

    private void tryWrite(List<Waiting> batch) throws InterruptedException {
        List<AppendUnit> units = batch.stream().map(Waiting::unit).toList();
        long firstHead = head;
        for (int attempt = 1; ; attempt++) {
            WriterSession current = session != null ? session : reconnect();
            if (current == null) {
                answers.fail(batch, unavailable());
                return;
            }
            // anew for each session: what was there for the last one may be gone
            AppendBatch arrays = AppendBatch.sparing(units, neededOnce);
            try {
                List<Verdict> verdicts = current.append(epoch, head, arrays);
                neededOnce.add(arrays.units, verdicts);
                keepers.forEach(keeper -> keeper.add(arrays.units, verdicts));
                appended(verdicts);
                answers.complete(batch, verdicts, firstHead);
                return;
            } catch (SQLException e) {
                String sqlState = SqlStates.of(e);
                if (sqlState.equals(SqlStates.DEPOSED)) {
                    depose();
                    answers.fail(batch, deposed());
                    return;
                }
                boolean outcomeUnknown = SqlStates.isConnectionLost(sqlState) || !current.isOpen();
                boolean again = (outcomeUnknown || sqlState.equals(SqlStates.HEAD_MOVED)) && attempt < MAX_ATTEMPTS;
                if (again) {
                    LOG.warn(
                            "appending {} events met {}; their outcome is looked up",
                            arrays.events().size(),
                            sqlState);
                    disconnect();
                } else {
                    giveUp(batch, sqlState, e);
                    return;
                }
            }
        }
    }

    private void giveUp(List<Waiting> batch, String sqlState, SQLException e) throws InterruptedException {
        if (sqlState.equals(SqlStates.STALE_GENERATION)) {
            answers.fail(batch, new UnitRefusedException("sealed under a key generation that is over", sqlState));
        } else if (sqlState.equals(SqlStates.STALE_TAGS)) {
            refuseTagged(batch, sqlState);
        } else if (!SqlStates.isFaultOfUnit(sqlState)) {
            LOG.error("appending failed with {}", sqlState);
            answers.fail(batch, new LogUnavailableException("the database cannot append (" + sqlState + ")", false, e));
        } else if (batch.size() == 1) {
            LOG.error("a unit was refused with {}", sqlState);
            answers.fail(batch, new UnitRefusedException("the database refuses this unit", sqlState));
        } else {
            int half = batch.size() / 2;
            write(batch.subList(0, half));
            write(batch.subList(half, batch.size()));
        }
    }

    /** Those without tags have nothing to do with it. */
    private void refuseTagged(List<Waiting> batch, String sqlState) throws InterruptedException {
        List<Waiting> tagged =
                batch.stream().filter(waiting -> waiting.tagEpoch() != 0).toList();
        List<Waiting> others =
                batch.stream().filter(waiting -> waiting.tagEpoch() == 0).toList();
        answers.fail(tagged, new UnitRefusedException("tagged for versions that are not in force", sqlState));
        if (!others.isEmpty()) {
            write(others);
        }
    }

    private void appended(List<Verdict> verdicts) {
        long before = head;
        for (Verdict verdict : verdicts) {
            for (EventPlace place : verdict.places()) {
                head = Math.max(head, place.position());
            }
        }
        if (head > before) {
            long told = head;
            headListeners.forEach(listener -> tell(listener, told));
        }
    }

    private static void tell(LongConsumer listener, long newHead) {
        try {
            listener.accept(newHead);
        } catch (RuntimeException e) {
            LOG.error("a listener of the log failed with {}", e.getClass().getName());
        }
    }

    /** A new session that has seen the end of the old one's transaction; null when there is none to be had in time. */
    private @Nullable WriterSession reconnect() throws InterruptedException {
        state = State.RECOVERING;
        long deadline = System.nanoTime() + settings.recoveryTimeout().toNanos();
        Duration pause = FIRST_PAUSE;
        while (state == State.RECOVERING) {
            WriterSession resumed = tryResume();
            if (resumed != null) {
                return resumed;
            }
            if (state == State.RECOVERING) {
                if (System.nanoTime() > deadline || queue.isClosed()) {
                    state = State.DOWN;
                    LOG.error("the log is down: the database has not answered for {}", settings.recoveryTimeout());
                } else {
                    queue.pause(pause);
                    pause = longer(pause);
                }
            }
        }
        return null;
    }

    /** Readiness must not wait for the next append to find out. */
    private void checkIdle() throws InterruptedException {
        try {
            if (session != null && !session.holds(epoch)) {
                depose();
            }
        } catch (SQLException e) {
            disconnect();
        }
        if (session == null && !queue.isClosed()) {
            reconnect();
        }
    }

    private void awaitDatabase() throws InterruptedException {
        answers.fail(queue.drain(), unavailable());
        Duration pause = FIRST_PAUSE;
        while (state == State.DOWN && !queue.isClosed()) {
            if (tryResume() == null) {
                answers.fail(queue.drain(), unavailable());
                queue.pause(pause);
                pause = longer(pause);
            }
        }
    }

    private @Nullable WriterSession tryResume() {
        WriterSession opened = null;
        try {
            opened = new WriterSession(source);
            head = opened.resume(epoch);
            neededOnce.forget();
            session = opened;
            state = State.READY;
            LOG.info("writing the log again from position {}", head);
            return opened;
        } catch (SQLException e) {
            if (opened != null) {
                opened.close();
            }
            if (SqlStates.of(e).equals(SqlStates.DEPOSED)) {
                depose();
            }
            return null;
        }
    }

    private void depose() {
        state = State.DEPOSED;
        LOG.error("another writer has taken the log over; epoch {} is over", epoch);
    }

    private LogUnavailableException unavailable() {
        return state == State.DEPOSED ? deposed() : new LogUnavailableException("the database does not answer");
    }

    private static LogUnavailableException deposed() {
        return new LogUnavailableException("another writer has taken the log over", true, null);
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    private void disconnect() {
        if (session != null) {
            session.close();
            session = null;
        }
    }
}
