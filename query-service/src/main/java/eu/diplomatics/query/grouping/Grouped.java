package eu.diplomatics.query.grouping;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Requests that come while others are under way go together in the next go: a lone request never waits, many share a
 * round trip or a commit. The caller's own thread does the work; nothing is kept once its caller has its answer.
 *
 * @param <I> what one request asks
 * @param <O> what it gets
 */
public final class Grouped<I, O> {
    private final int goesAtOnce;
    private final int mostInAGo;
    private final long patienceNanos;
    private final Function<List<I>, List<O>> work;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition company = lock.newCondition();
    private final Deque<Waiting<I, O>> queue = new ArrayDeque<>();
    private boolean gathering;
    private int underWay;
    private int lastSize;

    /**
     * @param goesAtOnce how many goes may be under way at the same time
     * @param mostInAGo requests in one go
     * @param patience how long a go waits at most for as many as were in the last one: a moment for callers who come
     *     again at once, nothing for one who is alone
     * @param work answers requests in their order, or fails for all of them
     */
    public Grouped(int goesAtOnce, int mostInAGo, Duration patience, Function<List<I>, List<O>> work) {
        this.goesAtOnce = goesAtOnce;
        this.mostInAGo = mostInAGo;
        this.patienceNanos = patience.toNanos();
        this.work = work;
    }

    private static final class Waiting<I, O> {
        private final I input;
        /** Its own, so that nobody is woken who has nothing to do. */
        private final Condition changed;

        private @Nullable O output;
        private @Nullable RuntimeException failure;

        Waiting(I input, Condition changed) {
            this.input = input;
            this.changed = changed;
        }

        boolean isDone() {
            return output != null || failure != null;
        }

        O result() {
            if (failure != null) {
                throw failure;
            }
            if (output == null) {
                throw new IllegalStateException("not done");
            }
            return output;
        }
    }

    /** The answer to one request; throws what the work threw. */
    public O ask(I input) {
        lock.lock();
        try {
            Waiting<I, O> own = new Waiting<>(input, lock.newCondition());
            queue.add(own);
            if (queue.size() >= lastSize) {
                company.signal();
            }
            while (!own.isDone()) {
                if (mayGo()) {
                    go();
                } else {
                    own.changed.awaitUninterruptibly();
                }
            }
            return own.result();
        } finally {
            lock.unlock();
        }
    }

    /** How many wait for a go to begin. */
    int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    private boolean mayGo() {
        return !gathering && underWay < goesAtOnce && !queue.isEmpty();
    }

    private void go() {
        List<Waiting<I, O>> group = gather();
        underWay++;
        wakeNext();
        lock.unlock();
        List<O> outputs = List.of();
        RuntimeException failure = new IllegalStateException("the work ended without an answer");
        try {
            outputs = work.apply(group.stream().map(waiting -> waiting.input).toList());
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            lock.lock();
            underWay--;
            for (int i = 0; i < group.size(); i++) {
                Waiting<I, O> waiting = group.get(i);
                if (i < outputs.size()) {
                    waiting.output = outputs.get(i);
                } else {
                    waiting.failure = failure;
                }
                waiting.changed.signal();
            }
            wakeNext();
        }
    }

    private List<Waiting<I, O>> gather() {
        gathering = true;
        long left = patienceNanos;
        while (left > 0 && queue.size() < lastSize) {
            try {
                left = company.awaitNanos(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                left = 0;
            }
        }
        gathering = false;
        List<Waiting<I, O>> group = new ArrayList<>();
        while (group.size() < mostInAGo && !queue.isEmpty()) {
            group.add(queue.remove());
        }
        lastSize = group.size();
        return group;
    }

    /** One of those who wait starts the next go, if one may be started. */
    private void wakeNext() {
        if (mayGo()) {
            queue.element().changed.signal();
        }
    }
}
