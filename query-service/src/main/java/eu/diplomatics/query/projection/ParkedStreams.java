package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.query.projection.Applier.Park;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Streams set aside. While a stream is parked its records are not applied and it is answered from the store; repair
 * reads all of it from the store again, so nothing needs to be kept for it.
 */
final class ParkedStreams {
    private static final Logger LOG = LoggerFactory.getLogger(ParkedStreams.class);
    private static final int REPAIRS_AT_ONCE = 200;

    private static final String PARK = """
            INSERT INTO projection.parked_stream AS parked (stream, holder, reason) VALUES (?, ?, ?)
            ON CONFLICT (stream) DO UPDATE SET holder = coalesce(parked.holder, excluded.holder)
            """;
    private static final String PARKED_OF = "SELECT stream FROM projection.parked_stream WHERE stream = ANY (?)";
    private static final String DUE = """
            SELECT stream FROM projection.parked_stream WHERE retry_at <= clock_timestamp() ORDER BY retry_at LIMIT ?
            """;
    private static final String LATER = """
            UPDATE projection.parked_stream
               SET attempts = attempts + 1, reason = ?,
                   retry_at = clock_timestamp() + least(60, 2 ^ least(attempts, 6)) * interval '1 second'
             WHERE stream = ?
            """;

    private final ProjectionDatabase database;
    private final EventReader store;

    ParkedStreams(ProjectionDatabase database, EventReader store) {
        this.database = database;
        this.store = store;
    }

    static Set<UUID> among(JdbcTemplate jdbc, Collection<UUID> streams) {
        if (streams.isEmpty()) {
            return Set.of();
        }
        return new HashSet<>(ids(jdbc, PARKED_OF, (Object) streams.toArray(UUID[]::new)));
    }

    private static List<UUID> ids(JdbcTemplate jdbc, String query, Object... parameters) {
        return jdbc.query(query, (row, number) -> row.getObject(1, UUID.class), parameters);
    }

    static void park(JdbcTemplate jdbc, Map<UUID, Park> parks) {
        parks.forEach((stream, park) -> {
            jdbc.update(PARK, stream, park.holder(), park.reason().name());
            LOG.warn("stream parked: {} {}", stream, park.reason());
        });
    }

    /** Parks streams whose rows turned out wrong, outside any other work. */
    void park(Collection<UUID> streams, ParkReason reason) {
        database.write(jdbc -> {
            for (UUID stream : streams) {
                park(jdbc, Map.of(stream, new Park(holderOf(jdbc, stream), reason)));
            }
            return streams.size();
        });
    }

    private static @Nullable UUID holderOf(JdbcTemplate jdbc, UUID stream) {
        List<UUID> holders = ids(jdbc, "SELECT DISTINCT holder FROM projection.event WHERE stream = ?", stream);
        return holders.size() == 1 ? holders.getFirst() : null;
    }

    long count() {
        Long count = database.jdbc().queryForObject("SELECT count(*) FROM projection.parked_stream", Long.class);
        return count == null ? 0 : count;
    }

    /** Repairs what is due; returns how many streams are answered from the projection again. */
    int repairDue() {
        List<UUID> due = ids(database.jdbc(), DUE, REPAIRS_AT_ONCE);
        int repaired = 0;
        for (UUID stream : due) {
            if (repair(stream)) {
                repaired++;
            }
        }
        return repaired;
    }

    /** Replaces a parked stream's rows by the store's; false when the store's are not right either. */
    boolean repair(UUID stream) {
        return database.write(jdbc -> {
            if (among(jdbc, List.of(stream)).isEmpty()) {
                return false;
            }
            // read inside the lock: what arrived while the stream was parked is in the store already
            List<StoredEvent> events = store.stream(stream);
            Optional<ParkReason> failure = StreamCheck.stream(events);
            if (failure.isPresent()) {
                jdbc.update(LATER, failure.get().name(), stream);
                return false;
            }
            jdbc.update("DELETE FROM projection.event WHERE stream = ?", stream);
            EventRows.insert(jdbc, EventRows.LIVE, events);
            jdbc.update("DELETE FROM projection.parked_stream WHERE stream = ?", stream);
            LOG.info("stream repaired: {}", stream);
            return true;
        });
    }
}
