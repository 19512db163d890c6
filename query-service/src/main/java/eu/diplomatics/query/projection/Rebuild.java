package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.Incarnations;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.query.freshness.FreshAsOf;
import eu.diplomatics.query.freshness.Freshness;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** Makes the projection anew from the store, never from Kafka. Answers go on from the old table until the swap. */
final class Rebuild {
    private static final Logger LOG = LoggerFactory.getLogger(Rebuild.class);

    private final ProjectionDatabase database;
    private final EventReader store;
    private final Freshness freshness;
    private final KeyGenerations generations;
    private final Incarnations incarnations;
    private final ReentrantLock running = new ReentrantLock();

    Rebuild(
            ProjectionDatabase database,
            EventReader store,
            Freshness freshness,
            KeyGenerations generations,
            Incarnations incarnations) {
        this.incarnations = incarnations;
        this.generations = generations;
        this.database = database;
        this.store = store;
        this.freshness = freshness;
    }

    boolean isRunning() {
        return running.isLocked();
    }

    /**
     * Rebuilds; returns the position reached.
     *
     * @throws IllegalStateException when a rebuild runs already, or the store ends before what was projected
     */
    long run() {
        if (!running.tryLock()) {
            throw new IllegalStateException("a rebuild is running already");
        }
        try {
            return fillAndSwap();
        } finally {
            running.unlock();
        }
    }

    private long fillAndSwap() {
        database.write(jdbc -> {
            jdbc.execute("SELECT projection.begin_rebuild()");
            return true;
        });
        // before anything is read: all that is read from here on is of this generation or a newer one
        int generation = generations.refresh();
        int incarnation = incarnations.now().number();
        Map<UUID, Applier.Park> parks = new HashMap<>();
        long position = 0;
        while (store.head().position() - position > ProjectionWriter.STORE_CHUNK) {
            List<StoredEvent> chunk = next(position);
            position = database.write(jdbc -> shadow(jdbc, chunk, parks));
        }
        return swap(position, parks, generation, incarnation);
    }

    private List<StoredEvent> next(long position) {
        return store.after(position, ProjectionWriter.STORE_CHUNK);
    }

    private static long shadow(JdbcTemplate jdbc, List<StoredEvent> events, Map<UUID, Applier.Park> parks) {
        Applier applier = new Applier(jdbc, EventRows.SHADOW);
        parks.putAll(applier.apply(ProjectionWriter.arrived(events), parks.keySet()));
        return events.getLast().position();
    }

    /** The rest and the swap under the writers' lock, so that nothing arrives in between. */
    private long swap(long from, Map<UUID, Applier.Park> parks, int generation, int incarnation) {
        FreshAsOf reached = database.write(jdbc -> {
            long position = from;
            for (List<StoredEvent> rest = next(position); !rest.isEmpty(); rest = next(position)) {
                position = shadow(jdbc, rest, parks);
            }
            if (position < Positions.projected(jdbc)) {
                throw new IllegalStateException("the store ends before what was projected");
            }
            jdbc.execute("SET LOCAL lock_timeout = '5s'");
            jdbc.execute("SELECT projection.swap_rebuilt()");
            jdbc.update("DELETE FROM projection.parked_stream");
            ParkedStreams.park(jdbc, parks);
            GenerationWatch.remember(jdbc, generation, incarnation);
            jdbc.update("UPDATE projection.unattributed_record SET resolved = true WHERE NOT resolved");
            Positions.readStoreTo(jdbc, position);
            return Positions.freshAsOf(jdbc);
        });
        freshness.advanceTo(reached);
        LOG.info("projection rebuilt up to position {}", reached.position());
        return reached.position();
    }
}
