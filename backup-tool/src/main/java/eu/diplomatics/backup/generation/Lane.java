package eu.diplomatics.backup.generation;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Work that is done in its order, by another thread while who gives it goes on. After the first that fails none is done any
 * more, and who gives more, or waits for the end, is told.
 */
public final class Lane implements AutoCloseable {
    private final @Nullable Thread thread;
    private final BlockingQueue<Work> given;
    private volatile @Nullable Throwable failed;
    private volatile boolean closed;

    /** Some of it. */
    @FunctionalInterface
    public interface Work {
        void run() throws IOException, SQLException;
    }

    private Lane(@Nullable String name, int inHand) {
        given = new ArrayBlockingQueue<>(inHand);
        thread = name == null ? null : Thread.ofPlatform().daemon().name(name).start(this::work);
    }

    /** @param inHand for so much who gives it does not wait */
    static Lane beside(String name, int inHand) {
        return new Lane(name, inHand);
    }

    /** Which does at once what it is given. */
    public static Lane here() {
        return new Lane(null, 1);
    }

    private void work() {
        while (!closed) {
            try {
                Work next = given.take();
                if (next instanceof End || failed == null && !closed) {
                    next.run();
                }
            } catch (InterruptedException e) {
                return;
            } catch (IOException | SQLException | RuntimeException | Error e) {
                failed = e;
            }
        }
    }

    /** Waits while enough is in hand. */
    public void give(Work work) throws IOException, SQLException {
        tell();
        if (thread == null) {
            work.run();
        } else {
            put(work);
        }
    }

    private void put(Work work) throws InterruptedIOException {
        try {
            given.put(work);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException();
    }

    /** Waits until all was done that was given. */
    public void finish() throws IOException, SQLException {
        if (thread != null) {
            End end = new End(new CountDownLatch(1));
            put(end);
            try {
                end.reached.await();
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }
        tell();
    }

    private void tell() throws IOException, SQLException {
        switch (failed) {
            case null -> {}
            case IOException e -> throw e;
            case SQLException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private record End(CountDownLatch reached) implements Work {
        @Override
        public void run() {
            reached.countDown();
        }
    }

    /** What is not done yet is left; returns when what was being done has ended. */
    @Override
    public void close() {
        closed = true;
        if (thread == null) {
            return;
        }
        given.clear();
        var unused = given.offer(() -> {}); // where there is no room the thread has something to wake it
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
