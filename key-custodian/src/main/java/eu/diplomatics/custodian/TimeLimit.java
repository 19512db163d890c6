package eu.diplomatics.custodian;

import eu.diplomatics.custodian.TokenException.Reason;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Calls into a library that may never return. The caller is answered in time; the call itself cannot be stopped and
 * keeps its place until it returns, so that no more than a few ever hang.
 */
final class TimeLimit implements AutoCloseable {
    private final Duration limit;
    private final int atOnce;
    private final Semaphore places;
    /** Calls that run although nobody waits for them any more. */
    private final AtomicInteger abandoned = new AtomicInteger();

    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("token-", 0).factory());

    TimeLimit(Duration limit, int atOnce) {
        this.limit = limit;
        this.atOnce = atOnce;
        this.places = new Semaphore(atOnce, true);
    }

    <T> T call(Supplier<T> work) {
        if (hangs()) {
            // waiting for a place would only make the callers wait, too
            throw new TokenException(
                    Reason.HANGING, atOnce + " calls to the token hang since " + limit.toMillis() + " ms and more");
        }
        long end = System.nanoTime() + limit.toNanos();
        AtomicBoolean settled = new AtomicBoolean();
        Future<T> answer = begin(work, settled);
        try {
            return answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            abandon(settled);
            throw slow();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            abandon(settled);
            throw interrupted(e);
        }
    }

    private <T> Future<T> begin(Supplier<T> work, AtomicBoolean settled) {
        try {
            if (!places.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw slow();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        try {
            return threads.submit(() -> {
                try {
                    return work.get();
                } finally {
                    if (!settled.compareAndSet(false, true)) {
                        abandoned.decrementAndGet();
                    }
                    places.release();
                }
            });
        } catch (RejectedExecutionException e) {
            places.release();
            throw new TokenException(Reason.UNAVAILABLE, "the token is closed for good", e);
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }

    /** Whether every place is taken by a call that nobody waits for. */
    boolean hangs() {
        return abandoned.get() >= atOnce;
    }

    private void abandon(AtomicBoolean settled) {
        if (settled.compareAndSet(false, true)) {
            abandoned.incrementAndGet();
        }
    }

    private static TokenException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new TokenException(Reason.UNAVAILABLE, "interrupted while the token worked", e);
    }

    private TokenException slow() {
        return new TokenException(Reason.SLOW, "the token did not answer within " + limit.toMillis() + " ms");
    }
}
