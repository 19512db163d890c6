package eu.diplomatics.query.freshness;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Component;

/** The position up to which the projection is complete; it never goes back. */
@Component
public final class Freshness {
    /** More callers than this do not wait: waiting holds a thread (L09). */
    private static final int MAX_WAITING = 32;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
    private final Semaphore waiting = new Semaphore(MAX_WAITING);
    private volatile FreshAsOf current = FreshAsOf.NOTHING;

    public FreshAsOf current() {
        return current;
    }

    /** Everything up to {@code reached} is committed to the projection. */
    public void advanceTo(FreshAsOf reached) {
        lock.lock();
        try {
            if (reached.position() > current.position()) {
                current = reached;
                advanced.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until {@code position} is projected; false when it is not within {@code limit}. */
    public boolean await(long position, Duration limit) {
        if (current.position() >= position) {
            return true;
        }
        if (!waiting.tryAcquire()) {
            return false;
        }
        lock.lock();
        try {
            long nanos = limit.toNanos();
            while (current.position() < position) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = advanced.awaitNanos(nanos);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
            waiting.release();
        }
    }
}
