package eu.diplomatics.backup.export;

import eu.diplomatics.backup.portable.EventLine;
import eu.diplomatics.backup.portable.EventLine.Content;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.portable.PortableException.Code;
import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.PostgresEventReader;
import eu.diplomatics.eventstore.SealBrokenException;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.keyring.Shredding;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.DomainEvent.HolderLinked;
import eu.diplomatics.qualification.DomainEvent.HoldersSought;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import eu.diplomatics.qualification.EventCodec;
import eu.diplomatics.transparency.Frontier;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The log as the exporter reads it: headers from zone A, keys from zone B, opened here, for a page of events at a time. */
public final class ExportSource {
    static final int PAGE = 1_000;
    private static final int ATTEMPTS = 3;
    private static final int FETCH = 5_000;
    /** Of these nobody is the subject: they are about the keeping of the log itself, or reference data. */
    static final String ABOUT_NOBODY =
            "StreamShredded,KeyRetired,LogResumed,PositionLost,MandateGranted,MandateWithdrawn,"
                    + "SupplierAdmitted,SupplierWithdrawn,InstitutionListed,TaxonomyEntryListed";

    private static final String HEADERS = """
            SELECT holder, stream, version FROM eventstore.event
            WHERE position BETWEEN ? AND ? AND type <> ALL ('{""" + ABOUT_NOBODY + "}')";

    private static final String UNITS =
            "SELECT position, unit_events FROM eventstore.event WHERE position BETWEEN ? AND ? AND unit_events > 0";
    private static final String LEAVES = "SELECT leaf FROM eventstore.event WHERE position <= ? ORDER BY position";
    private static final String SIGNED =
            "SELECT size, root FROM eventstore.checkpoint WHERE size <= ? ORDER BY size DESC LIMIT 1";

    private final DataSource store;
    private final PostgresEventReader reader;
    private final Keyring keyring;
    private final ShredLedger ledger;
    private final EventSealer sealer = new EventSealer();
    private final EventCodec codec = new EventCodec();

    /**
     * @param store logs in as {@code es_exporter}
     * @param keyring as {@code kr_exporter}
     * @param keys over the same
     */
    public ExportSource(DataSource store, DataSource keyring, Keyring keys) {
        this.store = store;
        this.reader = new PostgresEventReader(store);
        this.keyring = keys;
        this.ledger = new ShredLedger(keyring);
    }

    /** A version of a stream. */
    record Place(UUID stream, long version) {}

    /** @param subjects beyond the holders of the headers: whom the content names, by the place where it does */
    record Page(List<EventLine> lines, Map<UUID, List<Place>> subjects) {}

    long head() {
        return reader.head().position();
    }

    /** Whom the events of a range were filed under, and which these are. */
    Map<UUID, List<Place>> holders(long first, long last) throws SQLException {
        Map<UUID, List<Place>> holders = new LinkedHashMap<>();
        try (Connection connection = store.getConnection();
                PreparedStatement statement = ranged(connection, HEADERS, first, last);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                holders.computeIfAbsent(rows.getObject(1, UUID.class), any -> new ArrayList<>(2))
                        .add(new Place(rows.getObject(2, UUID.class), rows.getLong(3)));
            }
        }
        return holders;
    }

    /** The roots over the first {@code from} and {@code to} leaves. The newest checkpoint in between has to be the tree's. */
    TreeHead[] heads(long from, long to) throws SQLException, PortableException {
        try (Connection connection = store.getConnection()) {
            connection.setAutoCommit(false); // a cursor, so that memory does not grow with the log
            TreeHead signed = signed(connection, to);
            TreeHead first = TreeHead.EMPTY;
            Frontier tree = new Frontier();
            try (PreparedStatement statement = connection.prepareStatement(LEAVES)) {
                statement.setFetchSize(FETCH);
                statement.setLong(1, to);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        tree.append(TreeHash.of(rows.getBytes(1)));
                        first = tree.size() == from ? tree.head() : first;
                        if (tree.size() == signed.size() && !tree.head().equals(signed)) {
                            throw new PortableException(
                                    Code.LOG_DAMAGED, "the log is not the one that was signed at " + signed.size());
                        }
                    }
                }
            }
            if (tree.size() != to) {
                throw new PortableException(Code.LOG_DAMAGED, "the log has a gap, or ends before " + to);
            }
            return new TreeHead[] {first, tree.head()};
        }
    }

    private static TreeHead signed(Connection connection, long upTo) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SIGNED)) {
            statement.setLong(1, upTo);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new TreeHead(row.getLong(1), TreeHash.of(row.getBytes(2))) : TreeHead.EMPTY;
            }
        }
    }

    private static PreparedStatement ranged(Connection connection, String sql, long first, long last)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setLong(1, first);
        statement.setLong(2, last);
        return statement;
    }

    /** The next events after a position, up to {@code last}, opened. */
    Page page(long after, long last) throws SQLException, PortableException {
        for (int attempt = 1; ; attempt++) {
            List<StoredEvent> events = reader.after(after, (int) Math.min(PAGE, last - after));
            if (events.isEmpty() || events.getFirst().position() != after + 1) {
                throw new PortableException(Code.LOG_DAMAGED, "the log has a gap at " + (after + 1));
            }
            Map<Long, Integer> units = units(events);
            Set<UUID> without = new HashSet<>();
            Page page = open(events, units, without);
            // between the two looks the generation of keys may have changed, and the old one's keys gone
            if (attempt == ATTEMPTS || shredded(without).containsAll(without)) {
                return page;
            }
        }
    }

    private Map<Long, Integer> units(List<StoredEvent> events) throws SQLException {
        Map<Long, Integer> units = new HashMap<>();
        try (Connection connection = store.getConnection();
                PreparedStatement statement = ranged(
                        connection,
                        UNITS,
                        events.getFirst().position(),
                        events.getLast().position());
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                units.put(rows.getLong(1), rows.getInt(2));
            }
        }
        return units;
    }

    private Set<UUID> shredded(Set<UUID> streams) {
        Set<UUID> found = new HashSet<>();
        if (!streams.isEmpty()) {
            for (Shredding each : ledger.of(streams).values()) {
                found.add(each.stream());
            }
        }
        return found;
    }

    private Page open(List<StoredEvent> events, Map<Long, Integer> units, Set<UUID> without) throws PortableException {
        Set<UUID> streams = new HashSet<>();
        events.forEach(event -> streams.add(event.context().stream()));
        Map<UUID, DataKey> keys = keyring.open(streams, events.getFirst().keyGeneration());
        try {
            streams.stream().filter(stream -> !keys.containsKey(stream)).forEach(without::add);
            Set<UUID> shredded = shredded(without);
            List<EventLine> lines = new ArrayList<>(events.size());
            Map<UUID, List<Place>> subjects = new LinkedHashMap<>();
            for (StoredEvent event : events) {
                DataKey key = keys.get(event.context().stream());
                int unit = units.getOrDefault(event.position(), 0);
                if (key == null || event.isContentLost() || event.isLeftOut()) {
                    boolean erased = key == null && shredded.contains(event.context().stream());
                    lines.add(line(
                            event, unit, erased || event.isLeftOut() ? Content.SHREDDED : Content.LOST, null, null));
                } else {
                    EventSealer.Content content = disclosed(event, key);
                    lines.add(line(event, unit, Content.PRESENT, key, content));
                    named(event, content.body(), subjects);
                }
            }
            return new Page(lines, subjects);
        } finally {
            keys.values().forEach(DataKey::close);
        }
    }

    private EventSealer.Content disclosed(StoredEvent event, DataKey key) throws PortableException {
        try {
            return sealer.disclose(event, key);
        } catch (SealBrokenException e) {
            throw new PortableException(
                    Code.LOG_DAMAGED, "the event at " + event.position() + " does not open as what it claims to be", e);
        }
    }

    private void named(StoredEvent event, byte[] body, Map<UUID, List<Place>> subjects) throws PortableException {
        EventCodec.Body<DomainEvent> decoded =
                codec.decode(event.context().type(), event.context().typeVersion(), body);
        if (!decoded.holder().equals(event.holder())) {
            throw new PortableException(
                    Code.LOG_DAMAGED,
                    "the event at " + event.position() + " is about another holder than its header says");
        }
        List<UUID> others = switch (decoded.event()) {
            case QualificationMoved(UUID from, UUID to, String reason) -> List.of(from, to);
            case HolderLinked linked -> List.of(linked.from(), linked.to());
            case HoldersSought sought -> sought.found();
            default -> List.of();
        };
        Place place = new Place(event.context().stream(), event.context().version());
        others.forEach(other ->
                subjects.computeIfAbsent(other, any -> new ArrayList<>()).add(place));
    }

    private static EventLine line(
            StoredEvent event, int unit, Content what, @Nullable DataKey key, EventSealer.@Nullable Content content) {
        return new EventLine(
                event.position(),
                event.recordedAt(),
                event.context(),
                event.holder(),
                event.command(),
                unit,
                key == null ? "" : key.regime().name(),
                event.commitment(),
                event.leaf(),
                what,
                content == null ? null : content.opening(),
                content == null ? null : content.body());
    }
}
