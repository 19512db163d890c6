package eu.diplomatics.registry.registration;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Work between the claim of a holder and what the log says of it. A rotation of the index keys waits once for all that
 * is under way, since a claim without identity is left behind.
 */
public final class ClaimsInFlight {
    private static final int ALL = Integer.MAX_VALUE;

    private final Semaphore turns = new Semaphore(ALL, true);
    private final AtomicLong drained = new AtomicLong();

    /** Work under way; closing it says that it has ended. */
    public interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * How often claims have been waited for. One made outside a turn counts within a turn only if this is still what it was
     * before the claim.
     */
    public long drained() {
        return drained.get();
    }

    /** Before a claim. */
    public Turn enter() {
        turns.acquireUninterruptibly();
        return turns::release;
    }

    /** Within a turn: the work goes on until this has come to something, whoever still waits for it. */
    public void until(CompletableFuture<?> appended) {
        if (!turns.tryAcquire()) {
            throw new IllegalStateException("not within a turn");
        }
        appended.whenComplete((outcome, failure) -> turns.release());
    }

    /**
     * Returns when everything that was under way has ended; what comes meanwhile waits.
     *
     * @return false when the limit has passed before
     */
    public boolean drain(Duration limit) {
        try {
            if (!turns.tryAcquire(ALL, limit.toNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
            drained.incrementAndGet();
            turns.release(ALL);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
