package eu.diplomatics.custodian;

import eu.diplomatics.custodian.TokenException.Reason;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Calls into a library that may never return. The caller is answered in time; the call itself cannot be stopped and
 * keeps its place until it returns, so that no more than a few ever hang.
 */
final class TimeLimit implements AutoCloseable {
    private final Duration limit;
    private final Semaphore places;
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("token-", 0).factory());

    TimeLimit(Duration limit, int atOnce) {
        this.limit = limit;
        this.places = new Semaphore(atOnce, true);
    }

    <T> T call(Supplier<T> work) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            if (!places.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw slow();
            }
            Future<T> answer = threads.submit(() -> {
                try {
                    return work.get();
                } finally {
                    places.release();
                }
            });
            return answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw slow();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TokenException(Reason.UNAVAILABLE, "interrupted while the token worked", e);
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }

    private TokenException slow() {
        return new TokenException(Reason.SLOW, "the token did not answer within " + limit.toMillis() + " ms");
    }
}
