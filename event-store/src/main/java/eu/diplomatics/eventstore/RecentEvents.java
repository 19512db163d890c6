package eu.diplomatics.eventstore;

import eu.diplomatics.eventstore.WriterSession.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The last events that this process appended, sealed, without gaps: whoever follows the log closely takes them from here
 * and need not read them back. Bounded; what is not here any more is in the log. Thread-safe.
 */
public final class RecentEvents {
    private final long maxBytes;
    private final Deque<StoredEvent> events = new ArrayDeque<>();
    private long bytes;
    private long last;

    /** @param maxBytes of ciphertexts that are kept at most; 0 keeps nothing */
    public RecentEvents(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * The events directly after a position, at most so many and of one key generation; none where the first of them is not
     * here. Everything up to {@code position} is forgotten: one reader at a time.
     */
    public synchronized List<StoredEvent> after(long position, int limit) {
        while (!events.isEmpty() && events.getFirst().position() <= position) {
            forgetFirst();
        }
        List<StoredEvent> next = new ArrayList<>();
        if (!events.isEmpty() && events.getFirst().position() == position + 1) {
            int generation = events.getFirst().keyGeneration();
            for (Iterator<StoredEvent> all = events.iterator(); all.hasNext() && next.size() < limit; ) {
                StoredEvent event = all.next();
                if (event.keyGeneration() != generation) {
                    break;
                }
                next.add(event);
            }
        }
        return next;
    }

    /** The position that this process appended last, whether it is still here or not; 0 before any. */
    public synchronized long last() {
        return last;
    }

    /** From here on everything is taken from the log again, until more is appended. */
    public synchronized void forget() {
        events.clear();
        bytes = 0;
    }

    /** What a call of the database appended, in the order of the log. */
    synchronized void add(List<AppendUnit> units, List<Verdict> verdicts) {
        if (maxBytes == 0) {
            return;
        }
        for (int u = 0; u < units.size(); u++) {
            if (verdicts.get(u).kind() == Verdict.Kind.APPENDED) {
                add(units.get(u), verdicts.get(u).places());
            }
        }
        while (bytes > maxBytes) {
            forgetFirst();
        }
    }

    /** Events that were there already have no place among those of their unit. */
    private void add(AppendUnit unit, List<EventPlace> places) {
        Iterator<SealedEvent> offered = unit.events().iterator();
        for (EventPlace place : places) {
            SealedEvent sealed = offered.next();
            while (!isAt(sealed, place)) {
                sealed = offered.next();
            }
            add(new StoredEvent(
                    place.position(),
                    place.recordedAt(),
                    sealed.context(),
                    sealed.holder(),
                    unit.command(),
                    sealed.commitment(),
                    place.leaf(),
                    sealed.keyGeneration(),
                    sealed.ciphertext()));
        }
    }

    private static boolean isAt(SealedEvent event, EventPlace place) {
        return event.context().stream().equals(place.stream())
                && event.context().version() == place.version();
    }

    private void add(StoredEvent event) {
        if (!events.isEmpty() && event.position() != events.getLast().position() + 1) {
            forget();
        }
        events.add(event);
        last = event.position();
        bytes += event.ciphertext().length;
    }

    private void forgetFirst() {
        bytes -= events.removeFirst().ciphertext().length;
    }
}
