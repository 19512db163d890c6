package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.StoredEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Brings events into a table of the projection, within the caller's transaction. An event is new when its stream does
 * not have its version yet: the log's positions say nothing here, because partitions run apart and records repeat.
 */
final class Applier {
    private static final String STREAMS =
            "SELECT stream, version, leaf, holder FROM %s WHERE stream = ANY (?) ORDER BY stream, version";

    private final JdbcTemplate jdbc;
    private final String table;
    private final Map<UUID, Park> parks = new LinkedHashMap<>();

    /** Why a stream is set aside, and whom it is about where that is known. */
    record Park(@Nullable UUID holder, ParkReason reason) {}

    Applier(JdbcTemplate jdbc, String table) {
        this.jdbc = jdbc;
        this.table = table;
    }

    /**
     * Inserts what is new.
     *
     * @param setAside streams that wait for repair: their records are left for it, it reads the whole stream again
     * @return the streams that must be set aside now
     */
    Map<UUID, Park> apply(List<Delivery> deliveries, Set<UUID> setAside) {
        Map<UUID, Known> known = known(streams(deliveries));
        Set<UUID> waiting = new HashSet<>(setAside);
        List<StoredEvent> rows = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            switch (delivery) {
                case Delivery.Arrived(StoredEvent event) -> {
                    UUID stream = event.context().stream();
                    if (!waiting.contains(stream)) {
                        Known state = known.computeIfAbsent(stream, id -> new Known(event.holder()));
                        Optional<ParkReason> failure = state.take(event, rows);
                        failure.ifPresent(reason -> park(stream, state.holder, reason, waiting));
                    }
                }
                case Delivery.Poisoned(UUID stream, @Nullable UUID holder, ParkReason reason) -> {
                    // whom the rows are about says more than a record that is not right
                    Known state = known.get(stream);
                    park(stream, state == null ? holder : state.holder, reason, waiting);
                }
                case Delivery.Unattributed unattributed -> {
                    // counted by the caller: there is no stream to do anything to
                }
            }
        }
        if (!rows.isEmpty()) {
            EventRows.insert(jdbc, table, rows);
        }
        return parks;
    }

    private void park(UUID stream, @Nullable UUID holder, ParkReason reason, Set<UUID> waiting) {
        if (waiting.add(stream)) {
            parks.put(stream, new Park(holder, reason));
        }
    }

    private static UUID[] streams(Collection<Delivery> deliveries) {
        Set<UUID> streams = new HashSet<>();
        for (Delivery delivery : deliveries) {
            switch (delivery) {
                case Delivery.Arrived(StoredEvent event) -> streams.add(event.context().stream());
                case Delivery.Poisoned poisoned -> streams.add(poisoned.stream());
                case Delivery.Unattributed unattributed -> {
                    // no stream is known
                }
            }
        }
        return streams.toArray(UUID[]::new);
    }

    private Map<UUID, Known> known(UUID[] streams) {
        Map<UUID, Known> known = new HashMap<>();
        if (streams.length > 0) {
            jdbc.query(
                    STREAMS.formatted(table),
                    row -> {
                        UUID stream = row.getObject(1, UUID.class);
                        Known state = known.get(stream);
                        if (state == null) {
                            state = new Known(row.getObject(4, UUID.class));
                            known.put(stream, state);
                        }
                        state.leaves.add(row.getBytes(3));
                    },
                    (Object) streams);
        }
        return known;
    }

    /** The versions a stream has, from 1. */
    private static final class Known {
        private final UUID holder;
        private final List<byte[]> leaves = new ArrayList<>();

        Known(UUID holder) {
            this.holder = holder;
        }

        Optional<ParkReason> take(StoredEvent event, List<StoredEvent> rows) {
            Optional<ParkReason> failure = StreamCheck.event(event);
            if (failure.isPresent()) {
                return failure;
            }
            if (!event.holder().equals(holder)) {
                return Optional.of(ParkReason.HOLDER_DIFFERS);
            }
            long version = event.context().version();
            if (version <= leaves.size()) {
                return Arrays.equals(leaves.get((int) version - 1), event.leaf())
                        ? Optional.empty()
                        : Optional.of(ParkReason.VERSION_DIFFERS);
            }
            if (version > leaves.size() + 1L) {
                return Optional.of(ParkReason.VERSION_GAP);
            }
            leaves.add(event.leaf());
            rows.add(event);
            return Optional.empty();
        }
    }
}
