package eu.diplomatics.sealing;

import eu.diplomatics.keyring.KeysUnavailableException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * Seals a log at its interval, and sooner when many leaves wait, for ever. Whatever fails is tried again; what was found
 * wrong with the log is looked at again each time, so that sealing goes on by itself once it is mended.
 */
public final class Sealer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sealer.class);
    private static final Marker ALARM = MarkerFactory.getMarker("ALARM");
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final LogSealer sealer;
    private final Settings settings;
    private final InstantSource clock;
    private final Runnable afterwards;
    private final Semaphore news = new Semaphore(0);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("sealer").unstarted(this::run);
    private volatile Look look;
    private volatile boolean overdue;

    /**
     * When to seal.
     *
     * @param interval at most so long between two checkpoints
     * @param soon as many leaves are not kept waiting for the interval
     * @param maxDelay how long a leaf may wait, as receipts promise: later is an alarm
     */
    public record Settings(Duration interval, int soon, Duration maxDelay) {}

    /** What the last look at the log showed. */
    private record Look(
            long size,
            long waiting,
            Optional<Instant> since,
            Instant at,
            Optional<SealingException.Reason> halted,
            String where) {}

    /**
     * A sealer that does not run yet.
     *
     * @param afterwards called after each round, on the sealer's thread: what is to be done with new checkpoints
     */
    public Sealer(LogSealer sealer, Settings settings, InstantSource clock, Runnable afterwards) {
        this.sealer = sealer;
        this.settings = settings;
        this.clock = clock;
        this.afterwards = afterwards;
        this.look = new Look(0, 0, Optional.empty(), clock.instant(), Optional.empty(), "");
    }

    public void start() {
        thread.start();
    }

    /** The log has grown to this position: cheap, from any thread. */
    public void grown(long position) {
        if (position - look.size() >= settings.soon() && news.availablePermits() == 0) {
            news.release();
        }
    }

    /** How far sealing is by now. */
    public SealerState state() {
        Look last = look;
        return new SealerState(last.size(), last.waiting(), last.since(), isLate(last), last.halted(), last.where());
    }

    private boolean isLate(Look last) {
        Instant limit = clock.instant().minus(settings.maxDelay());
        return last.since().orElse(last.at()).isBefore(limit) || last.at().isBefore(limit);
    }

    private void run() {
        while (stop.getCount() > 0) {
            boolean well = round();
            try {
                Duration pause = well ? settings.interval() : shorter(RETRY, settings.interval());
                if (news.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    news.drainPermits();
                }
            } catch (InterruptedException e) {
                break;
            }
        }
    }

    /** Seals all there is, and tells what is late; whether it went well. */
    boolean round() {
        boolean well = sealAll();
        tellDelay();
        return well;
    }

    private boolean sealAll() {
        try {
            look();
            boolean more = true;
            while (more && stop.getCount() > 0) {
                more = sealer.seal().map(LogSealer.Step::more).orElse(false);
            }
            look();
            if (look.halted().isPresent()) {
                LOG.warn("sealing of {} goes on", sealer.origin());
            }
            Look now = look;
            look = new Look(now.size(), now.waiting(), now.since(), now.at(), Optional.empty(), "");
            afterwards.run();
            return true;
        } catch (SealingException e) {
            halt(e);
        } catch (KeysUnavailableException e) {
            LOG.warn("sealing of {} waits for its key", sealer.origin());
        } catch (SQLException | UncheckedIOException e) {
            LOG.warn("sealing of {} was interrupted: {}", sealer.origin(), cause(e));
        } catch (RuntimeException e) {
            LOG.error("sealing of {} failed: {}", sealer.origin(), e.getClass().getName());
        }
        return false;
    }

    private void look() throws SQLException {
        Look before = look;
        LogSealer.Waiting waiting = sealer.waiting();
        look = new Look(
                waiting.size(), waiting.count(), waiting.since(), clock.instant(), before.halted(), before.where());
    }

    /** Once for each finding, not once for each round. */
    private void halt(SealingException found) {
        Look before = look;
        if (!found.where().equals(before.where())) {
            LOG.error(
                    ALARM,
                    "ALARM LOG_NOT_SEALED: {} {}: {}; nothing is signed over it",
                    sealer.origin(),
                    found.reason(),
                    found.where());
        }
        look = new Look(
                before.size(),
                before.waiting(),
                before.since(),
                before.at(),
                Optional.of(found.reason()),
                found.where());
    }

    private void tellDelay() {
        boolean late = isLate(look);
        if (late && !overdue) {
            LOG.error(
                    ALARM,
                    "ALARM MERGE_DELAY: {} has leaves that wait longer than {} to be sealed, after position {}",
                    sealer.origin(),
                    settings.maxDelay(),
                    look.size());
        }
        overdue = late;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static String cause(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SQLException sql) {
                return "SQLSTATE " + sql.getSQLState();
            }
        }
        return failure.getClass().getSimpleName();
    }

    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
        try {
            if (thread.isAlive() && !thread.join(STOP_LIMIT)) {
                LOG.warn("the sealer does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
