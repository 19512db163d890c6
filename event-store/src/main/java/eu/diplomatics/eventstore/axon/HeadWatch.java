package eu.diplomatics.eventstore.axon;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.LogUnavailableException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.axonframework.common.Registration;
import org.jspecify.annotations.Nullable;

/** Wakes open streams when the head of the log moves: at once after an append here, by polling after one elsewhere. */
final class HeadWatch implements AutoCloseable {
    private final EventReader reader;
    private final Duration interval;
    private final Set<Runnable> callbacks = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Thread poller;
    private boolean nudged;
    private boolean closed;

    HeadWatch(EventReader reader, Duration interval) {
        this.reader = reader;
        this.interval = interval;
    }

    Registration register(Runnable callback) {
        callbacks.add(callback);
        lock.lock();
        try {
            if (poller == null && !closed) {
                poller = Thread.ofVirtual().name("event-log-watch").start(this::poll);
            }
        } finally {
            lock.unlock();
        }
        return () -> callbacks.remove(callback);
    }

    /** The head has moved. */
    void nudge() {
        lock.lock();
        try {
            nudged = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void poll() {
        long seen = -1;
        while (await()) {
            if (callbacks.isEmpty()) {
                continue;
            }
            try {
                long head = reader.head().position();
                if (head != seen) {
                    seen = head;
                    callbacks.forEach(Runnable::run);
                }
            } catch (LogUnavailableException e) {
                seen = -1;
            }
        }
    }

    private boolean await() {
        lock.lock();
        try {
            long nanos = interval.toNanos();
            while (!closed && !nudged && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            nudged = false;
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
