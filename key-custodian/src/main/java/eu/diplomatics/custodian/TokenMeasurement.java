package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Token.KeyKind;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntSupplier;

/** How much a token does in a second, which is what a registry can register and look up at most. */
final class TokenMeasurement {
    private static final String LABEL = "measurement";
    private static final int BATCH = 500;
    private static final List<Integer> THREADS = List.of(1, 4);

    private final Token token;
    private final Duration each;

    TokenMeasurement(Token token, Duration each) {
        this.token = token;
        this.each = each;
    }

    /** Makes a key for this only, and destroys it. */
    void print(PrintStream out) {
        byte[] context = {1};
        token.create(LABEL, KeyKind.WRAPPING);
        try {
            Token.Sealed sealed = token.wrap(LABEL, context, new byte[32]);
            List<byte[]> values = Collections.nCopies(BATCH, new byte[32]);
            for (int threads : THREADS) {
                row(out, "unwrap", threads, () -> token.unwrap(LABEL, context, sealed).length / 32);
                row(
                        out,
                        "HMAC",
                        threads,
                        () -> token.digest(KeyLabels.HOLDER_INDEX, values).size());
            }
        } finally {
            token.destroy(LABEL);
        }
    }

    private void row(PrintStream out, String what, int threads, IntSupplier step) {
        during(each.dividedBy(3), threads, step);
        long start = System.nanoTime();
        long done = during(each, threads, step);
        double seconds = (System.nanoTime() - start) / 1e9;
        out.printf(
                Locale.ROOT,
                "%-7s %d %-8s %,9.0f/s%n",
                what,
                threads,
                threads == 1 ? "thread" : "threads",
                done / seconds);
    }

    private static long during(Duration time, int threads, IntSupplier step) {
        long end = System.nanoTime() + time.toNanos();
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                counts.add(executor.submit(() -> {
                    long count = 0;
                    while (System.nanoTime() < end) {
                        count += step.getAsInt();
                    }
                    return count;
                }));
            }
            long sum = 0;
            for (Future<Long> count : counts) {
                sum += count.get();
            }
            return sum;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
