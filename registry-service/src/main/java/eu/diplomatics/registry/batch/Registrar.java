package eu.diplomatics.registry.batch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Registers chunks one right after the other, so that the log does not wait for what becomes of answers. Of a job whose
 * chunk fails none is registered that was behind it: of two rows alike the first one counts.
 */
final class Registrar {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("batch-registrar").factory());

    /** Chunks of a job, one after the other, until one of them fails or all are given up. */
    static final class Attempt {
        private volatile boolean over;

        /** Those that are not registered yet are not. */
        void end() {
            over = true;
        }
    }

    /** What a chunk is once it is prepared. */
    interface Registrable {
        /** Registers its rows, once, and gives the answers to them, put together when they are asked for. */
        Supplier<List<RowResult>> register();
    }

    /** Registers a chunk, once it is prepared and all before it were, whatever came of them. */
    Future<Supplier<List<RowResult>>> register(Attempt attempt, Future<Registrable> prepared) {
        return thread.submit(() -> {
            if (attempt.over) {
                throw new GivenUpException();
            }
            try {
                return BatchWorker.await(prepared).register();
            } catch (RuntimeException | Error e) {
                attempt.end();
                throw e;
            }
        });
    }

    /** Returns when what was begun has ended, or it is interrupted. */
    void close(Duration limit) throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            thread.shutdownNow();
        }
    }

    /** A chunk before it in the job failed, or the job waits. */
    static final class GivenUpException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
