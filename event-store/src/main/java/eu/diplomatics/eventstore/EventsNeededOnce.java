package eu.diplomatics.eventstore;

import eu.diplomatics.eventstore.WriterSession.Verdict;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Events that need only be there once, and that this process knows to be in the log: the last ones it appended. What is
 * not here may be there all the same. For one thread.
 */
final class EventsNeededOnce {
    /** Several times what is sealed ahead of the writer; some megabytes. */
    private static final int MOST = 20_000;

    private final Set<Place> there = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Boolean> eldest) {
            return size() > MOST;
        }
    });

    /** One version of one stream. */
    record Place(UUID stream, long version) {
        static Place of(SealedEvent event) {
            return new Place(event.context().stream(), event.context().version());
        }
    }

    boolean holds(SealedEvent event) {
        return event.ifAbsent() && there.contains(Place.of(event));
    }

    /** Whoever comes back to the log may find another than was left: one that lost its end, or an older copy. */
    void forget() {
        there.clear();
    }

    /** What a committed call of the database answered: of an appended unit all events are there by now. */
    void add(List<AppendUnit> units, List<Verdict> verdicts) {
        for (int u = 0; u < units.size(); u++) {
            if (verdicts.get(u).kind() == Verdict.Kind.APPENDED) {
                for (SealedEvent event : units.get(u).events()) {
                    if (event.ifAbsent()) {
                        there.add(Place.of(event));
                    }
                }
            }
        }
    }
}
