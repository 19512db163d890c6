package eu.diplomatics.generation;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.LogCopy;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.eventstore.PostgresEventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.generation.ReencryptionException.Reason;
import eu.diplomatics.generation.ReencryptionStore.Progress;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Seals the whole log under a new generation of data keys, while it is written and read: a copy beside the table in use,
 * then a switch of the map in one transaction, then the end of the old table. Every step may be repeated, and a run goes
 * on where the one before was killed: how far it is stands in the transaction that copied.
 *
 * <p>At the full {@link Pace} reading, sealing and writing overlap: one thread reads pages ahead, three seal, the caller's
 * writes them in order.
 */
public final class Reencryption {
    private static final int TAIL_ATTEMPTS = 50;

    private final DataSource rekeyer;
    private final ReencryptionStore store;
    private final EventReader reader;
    private final Resealer resealer;
    private final Steps steps;
    private final int page;
    private final Pace pace;

    /**
     * A re-encryption at the full pace, of which one may run at a time.
     *
     * @param rekeyer logs in as {@code es_rekeyer}; three connections are used
     */
    public Reencryption(DataSource rekeyer, GenerationKeys keys) {
        this(rekeyer, keys, Pace.FULL.page(), Pace.FULL, step -> {});
    }

    Reencryption(DataSource rekeyer, GenerationKeys keys, int page, Pace pace, Steps steps) {
        this(
                rekeyer,
                new ReencryptionStore(rekeyer),
                new PostgresEventReader(rekeyer),
                new Resealer(keys, steps),
                steps,
                page,
                pace);
    }

    private Reencryption(
            DataSource rekeyer,
            ReencryptionStore store,
            EventReader reader,
            Resealer resealer,
            Steps steps,
            int page,
            Pace pace) {
        this.rekeyer = rekeyer;
        this.store = store;
        this.reader = reader;
        this.resealer = resealer;
        this.steps = steps;
        this.page = page;
        this.pace = pace;
    }

    /** The same at another pace. */
    public Reencryption at(Pace other) {
        return new Reencryption(rekeyer, store, reader, resealer, steps, other.page(), other);
    }

    /** Told after each step: a test ends the run there, as a kill would. */
    interface Steps {
        void reached(Step step);
    }

    enum Step {
        BEGUN,
        KEYS_DURABLE,
        ROWS_SENT,
        PAGE_COMMITTED,
        APPENDS_HELD,
        TAIL_SENT,
        SWITCHED,
        DROPPED
    }

    /** Told how far the copy is. */
    @FunctionalInterface
    public interface Observer {
        /** Everything up to {@code position} of {@code head} is copied. */
        void copied(long position, long head);
    }

    /** As {@link #copyAndSwitch(UUID, Observer)}, for who will not come again for the same generation. */
    public int copyAndSwitch(Observer observer) {
        return copyAndSwitch(UUID.randomUUID(), observer);
    }

    /**
     * Copies and switches, from wherever a run before has ended; begins a new generation where none is under way.
     *
     * @param operation whoever comes again under the same id finds the generation that was made for it, also when all of
     *     it is done
     * @return the generation that is current now; the one before is still to be dropped
     * @throws ReencryptionException when something stands in the way; nothing is left out silently
     * @throws eu.diplomatics.keyring.KeysUnavailableException when keys cannot be had now
     * @throws LogUnavailableException when the log cannot be read or written now
     */
    public int copyAndSwitch(UUID operation, Observer observer) {
        try {
            int own = store.generationOf(operation);
            if (store.isCurrent(own)) {
                return own;
            }
        } catch (SQLException e) {
            throw ReencryptionStore.failure(e, 0);
        }
        int generation = copy(observer);
        switchTo(generation);
        return generation;
    }

    /**
     * Copies everything up to near the head; begins the new generation where none is begun.
     *
     * @return the new generation
     */
    int copy(Observer observer) {
        try {
            int generation = store.begin();
            steps.reached(Step.BEGUN);
            Progress progress = store.progress(generation);
            try (Pages pages = pages(generation, progress.position())) {
                long begun = System.nanoTime();
                for (Page ready = pages.next(); !ready.isEmpty(); ready = pages.next()) {
                    try (ReencryptionStore.Session session = store.pageSession()) {
                        write(session, generation, ready);
                        session.commit();
                    }
                    steps.reached(Step.PAGE_COMMITTED);
                    observer.copied(ready.last(), reader.head().position());
                    pace.restAfter(System.nanoTime() - begun);
                    begun = System.nanoTime();
                }
            }
            return generation;
        } catch (SQLException e) {
            throw ReencryptionStore.failure(e, 0);
        }
    }

    /**
     * Copies what is left while nobody appends, and makes the new generation the current one in the same transaction.
     * Whoever sealed under the old one is refused from then on and seals again.
     */
    void switchTo(int generation) {
        for (int attempt = 1; ; attempt++) {
            try {
                if (store.isCurrent(generation)) {
                    return;
                }
                Progress progress = store.progress(generation);
                if (reader.head().position() - progress.position() <= pace.tail()) {
                    switchHolding(generation, progress);
                    return;
                }
            } catch (SQLException e) {
                if (attempt == TAIL_ATTEMPTS || !ReencryptionStore.isLockTimeout(e)) {
                    throw ReencryptionStore.failure(e, 0);
                }
            }
            if (attempt == TAIL_ATTEMPTS) {
                throw new LogUnavailableException("the log grows faster than it is copied");
            }
            copy((position, head) -> {});
        }
    }

    private void switchHolding(int generation, Progress progress) throws SQLException {
        try (ReencryptionStore.Session session = store.session()) {
            long head = session.holdAppends();
            steps.reached(Step.APPENDS_HELD);
            long position = progress.position();
            while (position < head) {
                Page page = resealer.reseal(next(position), generation, position);
                write(session, generation, page);
                position = page.last();
            }
            steps.reached(Step.TAIL_SENT);
            session.switchTo(generation);
            session.commit();
        }
        steps.reached(Step.SWITCHED);
    }

    private void write(ReencryptionStore.Session session, int generation, Page page) throws SQLException {
        session.copy(generation, page);
        steps.reached(Step.ROWS_SENT);
        session.advance(generation, page);
    }

    private List<StoredEvent> next(long position) {
        return withoutGap(position, reader.after(position, page));
    }

    /** The same, as nothing is missing between two of them. */
    static List<StoredEvent> withoutGap(long after, List<StoredEvent> events) {
        long expected = after;
        for (StoredEvent event : events) {
            if (event.position() != ++expected) {
                throw new ReencryptionException(Reason.GAP, expected);
            }
        }
        return events;
    }

    /** How many still read this generation or an earlier one. */
    public long readersOf(int generation) {
        try {
            return store.readersOf(generation);
        } catch (SQLException e) {
            throw ReencryptionStore.failure(e, 0);
        }
    }

    /**
     * Drops the table of a generation that is over.
     *
     * @return false when it is in use just now, or said to be: try again later
     */
    public boolean drop(int generation) {
        try {
            store.drop(generation);
        } catch (SQLException e) {
            if (ReencryptionStore.isLockTimeout(e) || ReencryptionStore.isInUse(e)) {
                return false;
            }
            throw ReencryptionStore.failure(e, 0);
        }
        steps.reached(Step.DROPPED);
        return true;
    }

    /** When the oldest key of each generation was made that is, or ever was, the current one; none in an empty log. */
    public SortedMap<Integer, Instant> madeAt() {
        try {
            return store.madeAt();
        } catch (SQLException e) {
            throw ReencryptionStore.failure(e, 0);
        }
    }

    /** How far the newest re-encryption is; generation 1 at position 0 where there was none. */
    public ReencryptionState state() {
        try {
            return store.state();
        } catch (SQLException e) {
            throw ReencryptionStore.failure(e, 0);
        }
    }

    private Pages pages(int generation, long position) {
        return pace.isFull()
                ? new PagesAhead(new LogCopy(rekeyer, generation - 1, position), resealer, generation, position, page)
                : new OneByOne(generation, position);
    }

    /** On the caller's thread, when it is asked. */
    private final class OneByOne implements Pages {
        private final int generation;
        private long position;

        OneByOne(int generation, long position) {
            this.generation = generation;
            this.position = position;
        }

        @Override
        public Page next() {
            Page sealed = resealer.reseal(Reencryption.this.next(position), generation, position);
            position = sealed.isEmpty() ? position : sealed.last();
            return sealed;
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
