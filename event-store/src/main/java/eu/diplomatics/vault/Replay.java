package eu.diplomatics.vault;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * The log from a position on, opened, in order. Pages are read ahead and opened at the same time, a few of them: memory
 * does not grow with the log.
 */
public final class Replay {
    private static final int PAGE = 1_000;
    private static final int AHEAD = 3;
    private static final int OPENERS = 2;

    private final Pages pages;
    private final EventVault vault;

    public Replay(EventReader reader, EventVault vault) {
        this(reader::after, vault);
    }

    Replay(Pages pages, EventVault vault) {
        this.pages = pages;
        this.vault = vault;
    }

    /** {@link EventReader#after}. */
    @FunctionalInterface
    interface Pages {
        List<StoredEvent> after(long position, int limit);
    }

    /**
     * Hands every event after a position to {@code each}, on the caller's thread, until the log has no more.
     *
     * @param each what it throws ends the replay and is thrown on
     * @return the position of the last event, or {@code after}
     * @throws eu.diplomatics.keyring.KeysUnavailableException when keys cannot be had now
     * @throws eu.diplomatics.eventstore.SealBrokenException when an event does not open as what it claims to be
     */
    public long run(long after, Consumer<Opening> each) throws InterruptedException {
        Deque<Future<List<Opening>>> ahead = new ArrayDeque<>(AHEAD);
        ExecutorService openers = Executors.newFixedThreadPool(
                OPENERS, Thread.ofPlatform().daemon().name("replay-", 1).factory());
        try {
            long position = after;
            while (true) {
                List<StoredEvent> page = pages.after(position, PAGE);
                if (!page.isEmpty()) {
                    position = page.getLast().position();
                    ahead.add(openers.submit(() -> vault.openEach(page)));
                }
                while (ahead.size() == AHEAD || page.isEmpty() && !ahead.isEmpty()) {
                    opened(ahead.remove()).forEach(each);
                }
                if (page.isEmpty()) {
                    return position;
                }
            }
        } finally {
            openers.shutdownNow();
        }
    }

    private static List<Opening> opened(Future<List<Opening>> page) throws InterruptedException {
        try {
            return page.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }
}
