package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.query.freshness.FreshAsOf;
import eu.diplomatics.query.freshness.Freshness;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;

/** Applies what Kafka delivered, or what the store has, in one transaction with how far that goes. */
final class ProjectionWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ProjectionWriter.class);
    static final int STORE_CHUNK = 500;
    private static final String UNATTRIBUTED = """
            INSERT INTO projection.unattributed_record (topic, partition, record_offset, reason)
            VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
            """;

    private final ProjectionDatabase database;
    private final EventReader store;
    private final Freshness freshness;

    ProjectionWriter(ProjectionDatabase database, EventReader store, Freshness freshness) {
        this.database = database;
        this.store = store;
        this.freshness = freshness;
    }

    /** Takes up where an earlier process ended. */
    void resume() {
        freshness.advanceTo(Positions.freshAsOf(database.jdbc()));
    }

    void deliver(List<Delivery> deliveries, List<PartitionSeen> seen) {
        try {
            commit(deliveries, seen);
        } catch (DataIntegrityViolationException refused) {
            LOG.warn("rows refused by the projection's database: applying one at a time");
            deliveries.forEach(this::commitAlone);
            commit(List.of(), seen);
        }
    }

    private void commitAlone(Delivery delivery) {
        try {
            commit(List.of(delivery), List.of());
        } catch (DataIntegrityViolationException refused) {
            if (delivery instanceof Delivery.Arrived(StoredEvent event)) {
                UUID stream = event.context().stream();
                commit(List.of(new Delivery.Poisoned(stream, event.holder(), ParkReason.ROW_REFUSED)), List.of());
            }
        }
    }

    private void commit(List<Delivery> deliveries, List<PartitionSeen> seen) {
        FreshAsOf reached = database.write(jdbc -> {
            Set<UUID> parked = ParkedStreams.among(jdbc, streams(deliveries));
            ParkedStreams.park(jdbc, new Applier(jdbc, EventRows.LIVE).apply(deliveries, parked));
            for (Delivery delivery : deliveries) {
                if (delivery instanceof Delivery.Unattributed lost) {
                    jdbc.update(UNATTRIBUTED, lost.topic(), lost.partition(), lost.offset(), lost.reason());
                    LOG.warn(
                            "record of no known stream: partition {} offset {} {}",
                            lost.partition(),
                            lost.offset(),
                            lost.reason());
                }
            }
            if (!seen.isEmpty()) {
                Positions.saw(jdbc, seen);
            }
            return Positions.freshAsOf(jdbc);
        });
        freshness.advanceTo(reached);
    }

    /** Reads the store from where the projection stands to its head; returns the position reached. */
    long catchUp() {
        long position = Positions.projected(database.jdbc());
        while (true) {
            List<StoredEvent> events = store.after(position, STORE_CHUNK);
            if (events.isEmpty()) {
                long reached = position;
                database.write(jdbc -> {
                    Positions.readStoreTo(jdbc, reached);
                    return reached;
                });
                return reached;
            }
            position = events.getLast().position();
            take(events, position);
        }
    }

    private void take(List<StoredEvent> events, long position) {
        FreshAsOf reached = database.write(jdbc -> {
            Set<UUID> parked = ParkedStreams.among(jdbc, ids(events));
            ParkedStreams.park(jdbc, new Applier(jdbc, EventRows.LIVE).apply(arrived(events), parked));
            Positions.readStoreTo(jdbc, position);
            return Positions.freshAsOf(jdbc);
        });
        freshness.advanceTo(reached);
    }

    static List<Delivery> arrived(List<StoredEvent> events) {
        return events.stream().<Delivery>map(Delivery.Arrived::new).toList();
    }

    private static Collection<UUID> streams(List<Delivery> deliveries) {
        Set<UUID> streams = new HashSet<>();
        for (Delivery delivery : deliveries) {
            if (delivery instanceof Delivery.Arrived(StoredEvent event)) {
                streams.add(event.context().stream());
            }
        }
        return streams;
    }

    private static Collection<UUID> ids(List<StoredEvent> events) {
        Set<UUID> streams = new HashSet<>();
        events.forEach(event -> streams.add(event.context().stream()));
        return streams;
    }
}
