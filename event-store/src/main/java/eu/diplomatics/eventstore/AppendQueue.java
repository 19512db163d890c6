package eu.diplomatics.eventstore;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Units waiting for the writer, bounded in events and bytes. */
final class AppendQueue {
    /** A unit, the call that offered it, and the future its caller holds. */
    record Waiting(AppendUnit unit, Object call, CompletableFuture<AppendOutcome> future, long bytes, long tagEpoch) {
        static Waiting of(AppendUnit unit, Object call) {
            long bytes = 0;
            for (SealedEvent event : unit.events()) {
                bytes += event.ciphertext().length;
            }
            return new Waiting(unit, call, new CompletableFuture<>(), bytes, unit.tagEpoch());
        }

        int events() {
            return unit.events().size();
        }

        int generation() {
            return unit.events().getFirst().keyGeneration();
        }
    }

    private final EventLogSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final Condition notFull = lock.newCondition();
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private int queuedEvents;
    private long queuedBytes;
    private int awaited = 1;
    private boolean closed;

    AppendQueue(EventLogSettings settings) {
        this.settings = settings;
    }

    /** How many of {@code offered} went in, from the first, before {@code offerTimeout} had passed. */
    int offer(List<Waiting> offered) {
        long nanos = settings.offerTimeout().toNanos();
        int taken = 0;
        lock.lock();
        try {
            for (Waiting waiting : offered) {
                while (!closed && !queue.isEmpty() && !fits(waiting)) {
                    if (nanos <= 0) {
                        return taken;
                    }
                    nanos = notFull.awaitNanos(nanos);
                }
                if (closed) {
                    return taken;
                }
                queue.add(waiting);
                queuedEvents += waiting.events();
                queuedBytes += waiting.bytes();
                taken++;
                if (queue.size() == 1 || queue.size() == awaited) {
                    notEmpty.signal();
                }
            }
            return taken;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private boolean fits(Waiting waiting) {
        return queuedEvents + waiting.events() <= settings.maxQueuedEvents()
                && queuedBytes + waiting.bytes() <= settings.maxQueuedBytes();
    }

    /**
     * What goes into one call: of one key generation, tagged for the same versions, each command once (a repeated one is answered by the call after
     * it). Waits for a first unit; empty when there is none in time or the queue is closed and drained.
     *
     * @param company how many units are worth waiting for a little longer, once there is a first
     * @param lingerNanos how much longer
     */
    List<Waiting> take(Duration patience, int company, long lingerNanos) throws InterruptedException {
        long nanos = patience.toNanos();
        lock.lock();
        try {
            while (queue.isEmpty()) {
                if (closed || nanos <= 0) {
                    return List.of();
                }
                nanos = notEmpty.awaitNanos(nanos);
            }
            awaited = company;
            for (long left = lingerNanos; left > 0 && queue.size() < company && !closed; ) {
                left = notEmpty.awaitNanos(left);
            }
            awaited = 1;
            List<Waiting> batch = new ArrayList<>();
            Set<UUID> commands = new HashSet<>();
            int generation = queue.getFirst().generation();
            long tagEpoch = 0;
            int events = 0;
            long bytes = 0;
            for (Waiting next = queue.peek(); next != null; next = queue.peek()) {
                events += next.events();
                bytes += next.bytes();
                boolean full = events > settings.maxBatchEvents() || bytes > settings.maxBatchBytes();
                if (!batch.isEmpty()
                        && (full
                                || next.generation() != generation
                                || tagEpoch != 0 && next.tagEpoch() != 0 && next.tagEpoch() != tagEpoch
                                || commands.contains(next.unit().command()))) {
                    break;
                }
                tagEpoch = Math.max(tagEpoch, next.tagEpoch());
                commands.add(next.unit().command());
                batch.add(queue.remove());
                queuedEvents -= next.events();
                queuedBytes -= next.bytes();
            }
            notFull.signalAll();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** Everything that waits, taken out. */
    List<Waiting> drain() {
        lock.lock();
        try {
            List<Waiting> all = List.copyOf(queue);
            queue.clear();
            queuedEvents = 0;
            queuedBytes = 0;
            notFull.signalAll();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more goes in; what is there may still be taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            notEmpty.signalAll();
            notFull.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isDrained() {
        lock.lock();
        try {
            return closed && queue.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits, unless the queue is or gets closed. */
    void pause(Duration duration) throws InterruptedException {
        long nanos = TimeUnit.NANOSECONDS.convert(duration);
        lock.lock();
        try {
            while (!closed && nanos > 0) {
                nanos = notEmpty.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
