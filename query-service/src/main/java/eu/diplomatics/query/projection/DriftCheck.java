package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Compares the projection with the store, event by event and byte by byte (L01): what is new each minute, everything in
 * slices within a day. A stream that differs is parked, so that nobody is answered from it, and repaired.
 */
final class DriftCheck {
    private static final Logger LOG = LoggerFactory.getLogger(DriftCheck.class);
    private static final int CHUNK = 500;
    /** Beyond this many positions the projection is still arriving, and everything would look missing. */
    private static final int MAX_LAG = 5_000;

    private static final int SLICES_A_DAY = 1_300;
    private static final int SMALLEST_SLICE = 2_000;

    private final ProjectionDatabase database;
    private final EventReader store;
    private final ParkedStreams parked;

    DriftCheck(ProjectionDatabase database, EventReader store, ParkedStreams parked) {
        this.database = database;
        this.store = store;
        this.parked = parked;
    }

    /**
     * What a check found.
     *
     * @param compared positions compared
     * @param differing streams that differed
     * @param repaired of these, repaired at once
     */
    record Result(long compared, int differing, int repaired) {
        Result plus(Result other) {
            return new Result(compared + other.compared, differing + other.differing, repaired + other.repaired);
        }
    }

    /** For operators: how far the checks are. */
    record State(
            long recentUpTo,
            long roundUpTo,
            @Nullable Instant checkedAt,
            @Nullable Instant roundEndedAt,
            long differences) {}

    State state() {
        return database.jdbc()
                .query(
                        "SELECT recent_upto, round_upto, checked_at, round_ended_at, differences"
                                + " FROM projection.drift_state",
                        row -> {
                            row.next();
                            return new State(
                                    row.getLong(1),
                                    row.getLong(2),
                                    instant(row.getObject(3, OffsetDateTime.class)),
                                    instant(row.getObject(4, OffsetDateTime.class)),
                                    row.getLong(5));
                        });
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    /** What a minute is for: everything new since the last time, then the next slice of the day's round. */
    Result minute() {
        long projected = Positions.projected(database.jdbc());
        State state = state();
        Result recent =
                compare(Math.min(state.recentUpTo(), projected), projected).plus(beyondTheLog());
        resolveUnattributed(projected);
        long slice = Math.max(SMALLEST_SLICE, projected / SLICES_A_DAY);
        long from = state.roundUpTo() >= projected ? 0 : state.roundUpTo();
        long to = Math.min(projected, from + slice);
        Result round = compare(from, to);
        Result both = recent.plus(round);
        database.jdbc()
                .update(
                        "UPDATE projection.drift_state SET recent_upto = ?, round_upto = ?,"
                                + " checked_at = clock_timestamp(), differences = differences + ?, round_ended_at ="
                                + " CASE WHEN ? THEN clock_timestamp() ELSE round_ended_at END",
                        projected,
                        to,
                        both.differing(),
                        to == projected);
        return both;
    }

    /** Everything, now. */
    Result everything() {
        long projected = Positions.projected(database.jdbc());
        Result result = compare(0, projected).plus(beyondTheLog());
        resolveUnattributed(projected);
        database.jdbc()
                .update(
                        "UPDATE projection.drift_state SET recent_upto = ?, checked_at = clock_timestamp(),"
                                + " round_ended_at = clock_timestamp(), differences = differences + ?",
                        projected,
                        result.differing());
        return result;
    }

    private Result compare(long after, long upTo) {
        Result result = new Result(0, 0, 0);
        long position = after;
        while (position < upTo) {
            List<StoredEvent> events = store.after(position, (int) Math.min(CHUNK, upTo - position));
            long end = events.isEmpty() ? upTo : Math.min(upTo, events.getLast().position());
            result = result.plus(new Result(end - position, 0, 0)).plus(handle(differing(events, position, end)));
            position = end;
        }
        return result;
    }

    private Set<UUID> differing(List<StoredEvent> events, long after, long upTo) {
        Map<Place, StoredEvent> expected = new HashMap<>();
        events.forEach(event -> expected.put(Place.of(event), event));
        Set<UUID> differing = new HashSet<>();
        int generation = GenerationWatch.recorded(database.jdbc());
        database.jdbc()
                .query(
                        "SELECT " + EventRows.COLUMNS + " FROM projection.event WHERE position > ? AND position <= ?",
                        row -> {
                            StoredEvent copy = EventRows.read(row, 0);
                            StoredEvent original = expected.remove(Place.of(copy));
                            if (original == null || !same(copy, original, generation)) {
                                differing.add(copy.context().stream());
                            }
                        },
                        after,
                        upTo);
        // what is left is missing here
        expected.keySet().forEach(place -> differing.add(place.stream()));
        differing.removeAll(ParkedStreams.among(database.jdbc(), differing));
        return differing;
    }

    /** Rows at positions that the log never gave: no comparison of the log's own range would meet them. */
    private Result beyondTheLog() {
        Long highest = database.jdbc().queryForObject("SELECT max(position) FROM projection.event", Long.class);
        long head = store.head().position();
        if (highest == null || highest <= head) {
            return new Result(0, 0, 0);
        }
        return handle(new HashSet<>(database.jdbc()
                .queryForList(
                        "SELECT DISTINCT stream FROM projection.event WHERE position > ? OR position < 1",
                        UUID.class,
                        head)));
    }

    private Result handle(Set<UUID> differing) {
        if (differing.isEmpty()) {
            return new Result(0, 0, 0);
        }
        LOG.error("projection differs from the store in {} streams", differing.size());
        parked.park(differing, ParkReason.DRIFT);
        int repaired = 0;
        for (UUID stream : differing) {
            if (parked.repair(stream)) {
                repaired++;
            }
        }
        return new Result(0, differing.size(), repaired);
    }

    /** A record of no known stream is of no more interest once all that the log had by then is here. */
    private void resolveUnattributed(long compared) {
        JdbcTemplate jdbc = database.jdbc();
        Long waiting = jdbc.queryForObject(
                "SELECT count(*) FROM projection.unattributed_record WHERE NOT resolved", Long.class);
        if (waiting == null || waiting == 0) {
            return;
        }
        OffsetDateTime before = jdbc.queryForObject("SELECT clock_timestamp()", OffsetDateTime.class);
        long head = store.head().position();
        if (head - compared > MAX_LAG) {
            return;
        }
        compare(compared, head);
        jdbc.update(
                "UPDATE projection.unattributed_record SET resolved = true WHERE NOT resolved AND seen_at <= ?",
                before);
    }

    /** Sealed anew in the store and not yet here, nothing is compared but what outlives that: the leaf commits to the content. */
    private static boolean same(StoredEvent copy, StoredEvent original, int generation) {
        boolean toBeRebuilt = generation < original.keyGeneration() && copy.keyGeneration() < original.keyGeneration();
        return copy.recordedAt().equals(original.recordedAt())
                && copy.context().equals(original.context())
                && copy.holder().equals(original.holder())
                && copy.command().equals(original.command())
                && Arrays.equals(copy.commitment(), original.commitment())
                && Arrays.equals(copy.leaf(), original.leaf())
                && (toBeRebuilt
                        || copy.keyGeneration() == original.keyGeneration()
                                && Arrays.equals(copy.ciphertext(), original.ciphertext()));
    }

    private record Place(long position, UUID stream, long version) {
        static Place of(StoredEvent event) {
            return new Place(
                    event.position(), event.context().stream(), event.context().version());
        }
    }
}
