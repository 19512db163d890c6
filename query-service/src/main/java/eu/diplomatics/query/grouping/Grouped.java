package eu.diplomatics.query.grouping;

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
    private final Function<List<I>, List<O>> work;
    private final int goesAtOnce;
    private final int mostInAGo;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Waiting<I, O>> queue = new ArrayDeque<>();
    private int under;

    /**
     * @param goesAtOnce how many goes may be under way at the same time
     * @param mostInAGo requests in one go
     * @param work answers requests in their order, or fails for all of them
     */
    public Grouped(int goesAtOnce, int mostInAGo, Function<List<I>, List<O>> work) {
        this.goesAtOnce = goesAtOnce;
        this.mostInAGo = mostInAGo;
        this.work = work;
    }

    private static final class Waiting<I, O> {
        private final I input;
        private @Nullable O output;
        private @Nullable RuntimeException failure;

        Waiting(I input) {
            this.input = input;
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
        Waiting<I, O> own = new Waiting<>(input);
        lock.lock();
        try {
            queue.add(own);
            while (!own.isDone()) {
                if (under < goesAtOnce && !queue.isEmpty()) {
                    go();
                } else {
                    changed.awaitUninterruptibly();
                }
            }
        } finally {
            lock.unlock();
        }
        return own.result();
    }

    private void go() {
        List<Waiting<I, O>> group = new ArrayList<>();
        while (group.size() < mostInAGo && !queue.isEmpty()) {
            group.add(queue.remove());
        }
        under++;
        lock.unlock();
        List<O> outputs = List.of();
        RuntimeException failure = new IllegalStateException("the work ended without an answer");
        try {
            outputs = work.apply(group.stream().map(waiting -> waiting.input).toList());
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            lock.lock();
            under--;
            for (int i = 0; i < group.size(); i++) {
                if (i < outputs.size()) {
                    group.get(i).output = outputs.get(i);
                } else {
                    group.get(i).failure = failure;
                }
            }
            changed.signalAll();
        }
    }
}
