package eu.diplomatics.backup.importing;

import eu.diplomatics.backup.portable.EventLine;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.portable.PortableException.Code;
import eu.diplomatics.eventstore.Leaf;
import eu.diplomatics.eventstore.Tag;
import eu.diplomatics.transparency.Frontier;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import javax.sql.DataSource;

/** The log that takes another one over, as the role {@code es_importer} may: events in their order, each where it was. */
final class ImportTarget {
    private static final String BEGIN = "SELECT eventstore.begin_import(?, ?, ?)";
    private static final String GO_ON = "SELECT eventstore.continue_import(?, ?, ?, ?, ?)";
    private static final String STANDS =
            "SELECT i.size, i.root, i.ended_at IS NULL, h.position FROM eventstore.head h, eventstore.imported_log i";
    private static final String GENERATION = "SELECT key_generation FROM eventstore.head";
    private static final String IS_BEGUN = "SELECT EXISTS (SELECT FROM eventstore.imported_log)";
    private static final String TAKE = "SELECT eventstore.import_events(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String END = "SELECT eventstore.end_import(?, ?, ?::jsonb)";
    private static final String LEAVES = "SELECT leaf FROM eventstore.event ORDER BY position";
    private static final String COUNTS = "SELECT type, count(*) FROM eventstore.event WHERE position > ? GROUP BY type";
    private static final String ELSEWHERE = "DP031";
    private static final String NOT_EMPTY = "DP030";
    private static final String NOT_NEXT = "DP033";
    private static final int FETCH = 5_000;

    private final DataSource store;
    private final String bag;

    /** @param bag SHA-256 of its tag manifest, by which an import that was killed is known again */
    ImportTarget(DataSource store, String bag) {
        this.store = store;
        this.bag = bag;
    }

    /** An event, sealed for here. */
    record Incoming(EventLine line, byte[] ciphertext, List<Tag> tags) {}

    boolean isBegun() throws SQLException {
        try (Connection connection = store.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(IS_BEGUN)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** @return how far it was */
    long begin(TreeHead whole) throws SQLException, PortableException {
        try (Connection connection = store.getConnection();
                PreparedStatement statement = connection.prepareStatement(BEGIN)) {
            statement.setString(1, bag);
            statement.setLong(2, whole.size());
            statement.setBytes(3, whole.root().bytes());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            if (NOT_EMPTY.equals(e.getSQLState())) {
                throw new PortableException(Code.NOT_EMPTY, "the registry has events, or takes over another log", e);
            }
            throw e;
        }
    }

    /**
     * As {@link #begin}, of an export since a position.
     *
     * @param from the log that the registry has to have
     */
    long goOn(TreeHead from, TreeHead whole) throws SQLException, PortableException {
        try (Connection connection = store.getConnection()) {
            try (PreparedStatement statement = connection.prepareStatement(GO_ON)) {
                statement.setString(1, bag);
                statement.setLong(2, from.size());
                statement.setBytes(3, from.root().bytes());
                statement.setLong(4, whole.size());
                statement.setBytes(5, whole.root().bytes());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                }
            } catch (SQLException e) {
                if (NOT_NEXT.equals(e.getSQLState())) {
                    throw new PortableException(Code.NOT_NEXT, why(connection, from), e);
                }
                throw e;
            }
        }
    }

    private static String why(Connection connection, TreeHead from) throws SQLException {
        String begins = ", and the bag begins behind " + from.size();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(STANDS)) {
            if (!row.next()) {
                return "nothing was imported yet" + begins;
            }
            long size = row.getLong(1);
            if (row.getBoolean(3)) {
                return "another bag is on its way in, up to position " + size;
            }
            if (row.getLong(4) != size) {
                return "the registry went on by itself: it took over " + size + " events and has " + row.getLong(4);
            }
            if (size != from.size()) {
                return (size < from.size() ? "a gap: " : "an overlap: ") + "the registry ends at position " + size
                        + begins;
            }
            return Arrays.equals(row.getBytes(2), from.root().bytes())
                    ? "the bag has nothing new"
                    : "the bag is of another log: up to position " + size + " the roots differ";
        }
    }

    int generation() throws SQLException {
        try (Connection connection = store.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(GENERATION)) {
            row.next();
            return row.getInt(1);
        }
    }

    /** One transaction. The leaf that the database computes has to be the one that the bag states. */
    void take(long from, int generation, List<Incoming> events) throws SQLException, PortableException {
        byte[] leaves;
        try (Connection connection = store.getConnection();
                PreparedStatement statement = connection.prepareStatement(TAKE)) {
            Columns columns = new Columns(connection, events);
            statement.setString(1, bag);
            statement.setLong(2, from);
            statement.setInt(3, generation);
            statement.setArray(4, columns.of("int8", each -> micros(each.line().recordedAt())));
            statement.setArray(5, columns.of("uuid", each -> each.line().context().stream()));
            statement.setArray(
                    6, columns.of("int8", each -> each.line().context().version()));
            statement.setArray(
                    7, columns.of("text", each -> each.line().context().type()));
            statement.setArray(
                    8, columns.of("int4", each -> each.line().context().typeVersion()));
            statement.setArray(9, columns.of("uuid", each -> each.line().holder()));
            statement.setArray(10, columns.of("uuid", each -> each.line().command()));
            statement.setArray(11, columns.of("int4", each -> each.line().unitEvents()));
            statement.setArray(12, columns.bytes(each -> each.line().commitment()));
            statement.setArray(13, columns.bytes(Incoming::ciphertext));
            statement.setArray(14, columns.tagEvents());
            statement.setArray(15, columns.tags());
            connection.setAutoCommit(false);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                leaves = row.getBytes(1);
            }
            for (int i = 0; i < events.size(); i++) {
                byte[] leaf = Arrays.copyOfRange(leaves, i * Leaf.BYTES, (i + 1) * Leaf.BYTES);
                if (!Arrays.equals(leaf, events.get(i).line().leaf())) {
                    connection.rollback();
                    throw new PortableException(Code.DIFFERS, "another leaf at position " + (from + i + 1));
                }
            }
            connection.commit();
        } catch (SQLException e) {
            if (ELSEWHERE.equals(e.getSQLState())) {
                throw new PortableException(Code.NOT_EMPTY, "something else appends: stop the services", e);
            }
            throw e;
        }
    }

    private record Columns(Connection connection, List<Incoming> events) {
        Array of(String type, Function<Incoming, Object> column) throws SQLException {
            return connection.createArrayOf(type, events.stream().map(column).toArray());
        }

        Array bytes(Function<Incoming, byte[]> column) throws SQLException {
            return connection.createArrayOf("bytea", events.stream().map(column).toArray(byte[][]::new));
        }

        Array tagEvents() throws SQLException {
            Object[] places = new Object
                    [(int) events.stream().mapToLong(each -> each.tags().size()).sum()];
            int at = 0;
            for (int i = 0; i < events.size(); i++) {
                for (int n = 0; n < events.get(i).tags().size(); n++) {
                    places[at++] = i + 1;
                }
            }
            return connection.createArrayOf("int4", places);
        }

        Array tags() throws SQLException {
            return connection.createArrayOf(
                    "bytea",
                    events.stream()
                            .flatMap(each -> each.tags().stream())
                            .map(Tag::value)
                            .toArray(byte[][]::new));
        }
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    /** The root over everything that is there now. */
    TreeHead head() throws SQLException {
        Frontier tree = new Frontier();
        try (Connection connection = store.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(FETCH);
                try (ResultSet rows = statement.executeQuery(LEAVES)) {
                    while (rows.next()) {
                        tree.append(TreeHash.of(rows.getBytes(1)));
                    }
                }
            }
        }
        return tree.head();
    }

    /** Events behind a position, by type. */
    Map<String, Long> counts(long after) throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        try (Connection connection = store.getConnection();
                PreparedStatement statement = connection.prepareStatement(COUNTS)) {
            statement.setLong(1, after);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    counts.put(rows.getString(1), rows.getLong(2));
                }
            }
        }
        return counts;
    }

    void end(int incarnation, byte[] receiptKeys) throws SQLException {
        try (Connection connection = store.getConnection();
                PreparedStatement statement = connection.prepareStatement(END)) {
            statement.setString(1, bag);
            statement.setInt(2, incarnation);
            statement.setString(3, new String(receiptKeys, StandardCharsets.UTF_8));
            statement.execute();
        }
    }

    static TreeHead head(long size, String root) throws PortableException {
        try {
            return new TreeHead(size, TreeHash.of(HexFormat.of().parseHex(root)));
        } catch (IllegalArgumentException e) {
            throw new PortableException(Code.BAG_BROKEN, "the plaintext manifest states no root", e);
        }
    }
}
