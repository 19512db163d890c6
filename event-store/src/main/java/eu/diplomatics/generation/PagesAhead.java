package eu.diplomatics.generation;

import eu.diplomatics.eventstore.LogCopy;
import eu.diplomatics.eventstore.StoredEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Pages made ahead of who writes them: one thread reads, three seal, of which one or another waits for keys. Six pages are
 * in memory at most, each with 4 MB of ciphertexts as they were and as they are.
 */
final class PagesAhead implements Pages {
    private static final int AHEAD = 5;
    private static final int SEALERS = 3;
    /** Whoever reads at the end is in the middle of a row, no more. */
    private static final int LAST_READ_SECONDS = 10;

    private final ExecutorService reading = Executors.newSingleThreadExecutor(daemon("reencryption-read"));
    private final ExecutorService sealing = Executors.newFixedThreadPool(SEALERS, daemon("reencryption-seal"));
    private final Deque<CompletableFuture<Page>> pages = new ArrayDeque<>();
    private final Resealer resealer;
    private final int generation;
    private final int page;
    /** This and the position only ever touched by the reading thread, until that has ended. */
    private final LogCopy log;

    private long position;

    /** Reads on from {@code position}, and closes {@code log} in the end. */
    PagesAhead(LogCopy log, Resealer resealer, int generation, long position, int page) {
        this.log = log;
        this.resealer = resealer;
        this.generation = generation;
        this.position = position;
        this.page = page;
        for (int i = 0; i < AHEAD; i++) {
            order();
        }
    }

    private record Read(long after, List<StoredEvent> events) {}

    private void order() {
        pages.add(CompletableFuture.supplyAsync(this::read, reading)
                .thenApplyAsync(read -> resealer.reseal(read.events(), generation, read.after()), sealing));
    }

    private Read read() {
        long after = position;
        List<StoredEvent> events = Reencryption.withoutGap(after, log.next(page));
        position = events.isEmpty() ? after : events.getLast().position();
        return new Read(after, events);
    }

    @Override
    public Page next() {
        CompletableFuture<Page> next = pages.remove();
        order();
        try {
            return next.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException own ? own : e;
        }
    }

    private static ThreadFactory daemon(String name) {
        return Thread.ofPlatform().daemon().name(name, 0).factory();
    }

    @Override
    public void close() {
        sealing.shutdownNow();
        reading.shutdownNow();
        try {
            if (reading.awaitTermination(LAST_READ_SECONDS, TimeUnit.SECONDS)) {
                log.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
