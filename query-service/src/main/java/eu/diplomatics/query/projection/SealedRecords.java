package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.query.freshness.FreshAsOf;
import eu.diplomatics.query.freshness.Freshness;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Reads sealed streams for an answer: from the projection; a parked stream, or all when the projection's database does
 * not answer, from the store. What cannot be shown to be right is refused with a code, never answered stale.
 */
public final class SealedRecords {
    private static final Logger LOG = LoggerFactory.getLogger(SealedRecords.class);
    private static final Duration LEAVE_ALONE = Duration.ofSeconds(1);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    /** First column: E an event, P a parked stream, U a record of which no stream is known. */
    private static final String MARKS = """
            SELECT 'P', stream, NULL::bigint, NULL::timestamptz, NULL::uuid, NULL::bigint, NULL::text,
                   NULL::integer, holder, NULL::uuid, NULL::bytea, NULL::bytea, NULL::integer, NULL::bytea
              FROM projection.parked_stream WHERE %s
            UNION ALL (
            SELECT 'U', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
              FROM projection.unattributed_record WHERE NOT resolved LIMIT 1)
            UNION ALL
            """;

    private static final String EVENTS = "SELECT 'E', NULL, " + EventRows.COLUMNS + " FROM projection.event WHERE ";
    private static final String BY_HOLDER =
            MARKS.formatted("holder = ANY (?) OR holder IS NULL") + EVENTS + "holder = ANY (?)";
    private static final String BY_STREAM = MARKS.formatted("stream = ANY (?)") + EVENTS + "stream = ANY (?)";

    private final JdbcTemplate reader;
    private final EventReader store;
    private final Freshness freshness;
    private final ParkedStreams parked;
    private final GenerationWatch generation;
    private volatile Instant projectionBackAt = Instant.EPOCH;

    SealedRecords(
            DataSource reader,
            EventReader store,
            Freshness freshness,
            ParkedStreams parked,
            GenerationWatch generation) {
        this.generation = generation;
        this.reader = new JdbcTemplate(reader);
        this.store = store;
        this.freshness = freshness;
        this.parked = parked;
    }

    private static final class Rows {
        private final Map<UUID, List<StoredEvent>> streams = new HashMap<>();
        private final Set<UUID> parked = new HashSet<>();
        /** Whom the mark and the rows of a parked stream name. */
        private final Map<UUID, Set<UUID>> about = new HashMap<>();

        private boolean incomplete;

        void add(ResultSet row) throws SQLException {
            switch (row.getString(1)) {
                case "E" -> {
                    StoredEvent event = EventRows.read(row, 2);
                    streams.computeIfAbsent(event.context().stream(), id -> new ArrayList<>())
                            .add(event);
                }
                case "P" -> park(row.getObject(2, UUID.class), row.getObject(9, UUID.class));
                default -> incomplete = true;
            }
        }

        void park(UUID stream, @Nullable UUID holder) {
            parked.add(stream);
            if (holder != null) {
                about.computeIfAbsent(stream, id -> new HashSet<>()).add(holder);
            }
        }
    }

    /** All streams about these holders, their own identities included. */
    public Copies ofHolders(Collection<UUID> holders) {
        if (holders.isEmpty()) {
            return new Copies(Map.of(), Set.of(), Set.of(), freshness.current());
        }
        return read(BY_HOLDER, holders, () -> store.holders(holders));
    }

    /** These streams; an unknown one is absent. */
    public Copies ofStreams(Collection<UUID> streams) {
        return read(BY_STREAM, streams, () -> store.streams(streams));
    }

    /** The same, from the store only. */
    public Copies ofStreamsFromStore(Collection<UUID> streams) {
        return fromStore(() -> store.streams(streams));
    }

    /** Rows of the projection that did not open: sets their streams aside and reads the store. */
    public Copies ofBrokenStreams(Collection<UUID> streams) {
        park(streams, ParkReason.SEAL_BROKEN);
        return ofStreamsFromStore(streams);
    }

    /** All streams about these holders, from the store only. */
    public Copies ofHoldersFromStore(Collection<UUID> holders) {
        return fromStore(() -> store.holders(holders));
    }

    private Copies read(String query, Collection<UUID> ids, Supplier<Map<UUID, List<StoredEvent>>> fromStore) {
        if (Instant.now().isBefore(projectionBackAt) || !generation.isReadable()) {
            return fromStore(fromStore);
        }
        // before the rows: what is read may be newer than what is claimed, never older
        FreshAsOf claimed = freshness.current();
        Rows rows = new Rows();
        try {
            UUID[] wanted = ids.toArray(UUID[]::new);
            reader.query(
                    query,
                    row -> {
                        rows.add(row);
                    },
                    (Object) wanted,
                    wanted);
        } catch (DataAccessException down) {
            LOG.warn("projection does not answer: reading the store");
            projectionBackAt = Instant.now().plus(LEAVE_ALONE);
            return fromStore(fromStore);
        }
        if (rows.incomplete) {
            return fromStore(fromStore);
        }
        Set<UUID> wrong = wrong(rows);
        if (!wrong.isEmpty()) {
            park(wrong, ParkReason.DRIFT);
        }
        wrong.forEach(stream ->
                rows.streams.getOrDefault(stream, List.of()).forEach(event -> rows.park(stream, event.holder())));
        return rows.parked.isEmpty()
                ? new Copies(rows.streams, Set.of(), Set.of(), claimed)
                : completed(rows, ids, claimed);
    }

    private Copies completed(Rows rows, Collection<UUID> ids, FreshAsOf claimed) {
        Copies replaced = fromStore(() -> store.streams(rows.parked));
        Map<UUID, List<StoredEvent>> streams = new HashMap<>(rows.streams);
        rows.parked.forEach(streams::remove);
        // a parked stream whose holder was not known may be about anybody
        replaced.streams().forEach((stream, events) -> {
            if (ids.contains(stream) || ids.contains(events.getFirst().holder())) {
                streams.put(stream, events);
            }
        });
        Set<UUID> refused = new HashSet<>(replaced.refused());
        replaced.refused().forEach(id -> refused.addAll(rows.about.getOrDefault(id, Set.of())));
        return new Copies(streams, replaced.streams().keySet(), refused, claimed);
    }

    private static Set<UUID> wrong(Rows rows) {
        Set<UUID> wrong = new HashSet<>();
        rows.streams.forEach((stream, events) -> {
            events.sort(Comparator.comparingLong(event -> event.context().version()));
            if (StreamCheck.stream(events).isPresent()) {
                wrong.add(stream);
            }
        });
        wrong.removeAll(rows.parked);
        return wrong;
    }

    private Copies fromStore(Supplier<Map<UUID, List<StoredEvent>>> read) {
        try {
            EventReader.Head head = store.head();
            Map<UUID, List<StoredEvent>> right = new HashMap<>();
            Set<UUID> refused = new HashSet<>();
            read.get().forEach((stream, events) -> {
                Optional<ParkReason> wrong = StreamCheck.stream(events);
                if (wrong.isEmpty()) {
                    right.put(stream, events);
                } else {
                    LOG.error("ALARM RECORD_UNAVAILABLE: not right in the store: {} {}", stream, wrong.get());
                    refused.add(stream);
                    events.forEach(event -> refused.add(event.holder()));
                }
            });
            return new Copies(right, right.keySet(), refused, new FreshAsOf(head.position(), head.recordedAt()));
        } catch (LogUnavailableException down) {
            throw ProblemException.later(
                    ProblemCode.STORE_UNAVAILABLE, "Nothing was disclosed. Ask again later.", RETRY_AFTER);
        }
    }

    private void park(Collection<UUID> streams, ParkReason reason) {
        try {
            parked.park(streams, reason);
        } catch (DataAccessException down) {
            LOG.warn("streams could not be parked now: the drift check will find them");
        }
    }
}
