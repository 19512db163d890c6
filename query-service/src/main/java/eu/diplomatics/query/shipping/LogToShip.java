package eu.diplomatics.query.shipping;

import eu.diplomatics.query.shipping.Parcel.Cosigned;
import eu.diplomatics.query.shipping.Parcel.Held;
import eu.diplomatics.query.shipping.Parcel.Row;
import eu.diplomatics.query.shipping.Parcel.Signed;
import eu.diplomatics.query.shipping.ShippingException.Reason;
import eu.diplomatics.sealing.AccessLeaves;
import eu.diplomatics.sealing.Checkpoints;
import eu.diplomatics.sealing.JdbcTileStore;
import eu.diplomatics.transparency.TileTree;
import eu.diplomatics.transparency.TreeException;
import eu.diplomatics.transparency.TreeHash;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The access log, as {@code al_shipper} reads it: in the order of its leaves, so many rows at once. */
final class LogToShip {
    /** So many rows, at most, go at once; fewer where they are large. */
    static final int ROWS_AT_ONCE = 500;

    private static final int BYTES_AT_ONCE = 4 << 20;
    private static final int SIGNED_AT_ONCE = 64;
    private static final Logger LOG = LoggerFactory.getLogger(LogToShip.class);
    private static final String SCHEMA = new AccessLeaves().schema();

    private static final String ROWS = """
            SELECT l.position, l.entry, l.at, l.leaf, e.subject, e.seal_key, e.sealed
            FROM accesslog.leaf l LEFT JOIN accesslog.entry e ON e.id = l.entry
            WHERE l.position > ? ORDER BY l.position LIMIT ?""";
    /** All of a size, or none: the controller says up to which it has them. */
    private static final String COSIGNATURES = """
            SELECT size, witness, line FROM accesslog.cosignature WHERE size > ? AND size <= ?
            ORDER BY size FETCH FIRST 64 ROWS WITH TIES""";

    private static final String WAITING = """
            SELECT s.position,
                greatest((SELECT coalesce(max(l.position), 0) FROM accesslog.leaf l) - s.position, 0)
                    + (SELECT count(*) FROM accesslog.unsealed),
                extract(epoch FROM clock_timestamp() - coalesce(
                    (SELECT l.at FROM accesslog.leaf l WHERE l.position > s.position ORDER BY l.position LIMIT 1),
                    (SELECT e.at FROM accesslog.unsealed u JOIN accesslog.entry e ON e.id = u.entry ORDER BY u.n LIMIT 1)))
            FROM (SELECT coalesce(max(position), 0) AS position FROM accesslog.shipping) AS s""";
    private static final String MARK = "SELECT accesslog.mark_shipped(?)";

    private final DataSource log;

    LogToShip(DataSource log) {
        this.log = log;
    }

    /**
     * What the controller has not, as far as we know.
     *
     * @param shipped the last position that it said it has
     * @param rows how many wait, those that have no position yet included
     * @param age of the oldest of them, by the database's clock; zero where none waits
     */
    record Waiting(long shipped, long rows, Duration age) {}

    Waiting waiting() throws SQLException {
        try (Connection connection = log.getConnection();
                PreparedStatement statement = connection.prepareStatement(WAITING);
                ResultSet row = statement.executeQuery()) {
            row.next();
            long millis = Math.round(row.getDouble(3) * 1000);
            return new Waiting(row.getLong(1), row.getLong(2), Duration.ofMillis(Math.max(0, millis)));
        }
    }

    /** Remembers what the controller says it has. */
    void mark(long position) throws SQLException {
        try (Connection connection = log.getConnection();
                PreparedStatement statement = connection.prepareStatement(MARK)) {
            statement.setLong(1, position);
            statement.execute();
        }
    }

    /**
     * What comes next, beginning with the last row that the controller has: it refuses the rest where that is not the same.
     *
     * @throws ShippingException when the log is shorter than what was shipped, or has a gap
     */
    Parcel after(Held held) throws SQLException {
        try (Connection connection = log.getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try {
                long after = Math.max(0, held.position() - 1);
                List<Row> rows = new ArrayList<>();
                boolean more = rows(connection, after, rows);
                if (held.position() > 0 && rows.isEmpty()) {
                    throw new ShippingException(
                            Reason.LOG_CUT,
                            "the log ends before position " + held.position() + ", which the controller has");
                }
                List<Signed> checkpoints = checkpoints(connection, held.checkpoint(), after + rows.size());
                long signed = checkpoints.isEmpty()
                        ? held.checkpoint()
                        : checkpoints.getLast().size();
                List<Cosigned> cosignatures = cosignatures(connection, held.cosigned(), signed);
                return new Parcel(
                        after,
                        rows,
                        checkpoints,
                        cosignatures,
                        more || checkpoints.size() == SIGNED_AT_ONCE || cosignatures.size() >= SIGNED_AT_ONCE);
            } finally {
                connection.rollback();
            }
        }
    }

    /** Whether there may be more than these. */
    private static boolean rows(Connection connection, long after, List<Row> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
            statement.setLong(1, after);
            // and the one that is there already
            statement.setInt(2, ROWS_AT_ONCE + 1);
            statement.setFetchSize(50);
            long bytes = 0;
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    if (row.getLong(1) != after + rows.size() + 1) {
                        throw new ShippingException(
                                Reason.LOG_GAP, "nothing stands at position " + (after + rows.size() + 1));
                    }
                    byte[] sealed = row.getBytes(7);
                    bytes += sealed == null ? 0 : sealed.length;
                    rows.add(new Row(
                            row.getObject(2, UUID.class),
                            row.getObject(3, OffsetDateTime.class).toInstant(),
                            row.getBytes(4),
                            row.getBytes(5),
                            row.getObject(6, Integer.class),
                            sealed));
                    // two at least: one of them is new
                    if (bytes > BYTES_AT_ONCE && rows.size() > 1) {
                        return true;
                    }
                }
            }
        }
        return rows.size() == ROWS_AT_ONCE + 1;
    }

    /** Those of trees that reach no further than what is shipped with them. */
    private static List<Signed> checkpoints(Connection connection, long after, long upTo) throws SQLException {
        Checkpoints checkpoints = new Checkpoints(connection, SCHEMA);
        List<Checkpoints.Stored> next = checkpoints.after(after, SIGNED_AT_ONCE).stream()
                .filter(stored -> stored.size() <= upTo)
                .toList();
        if (next.isEmpty()) {
            return List.of();
        }
        try {
            TileTree tree = TileTree.open(
                    new JdbcTileStore(connection, SCHEMA),
                    checkpoints.last().orElseThrow().head());
            return next.stream()
                    .map(stored -> new Signed(stored.size(), stored.note(), bytes(tree.frontier(stored.size()))))
                    .toList();
        } catch (TreeException e) {
            // the sealer halts over it and raises the alarm; rows go on meanwhile
            LOG.warn("no checkpoint is shipped: the tree is not what was signed, {}", e.getMessage());
            return List.of();
        }
    }

    private static List<Cosigned> cosignatures(Connection connection, long after, long upTo) throws SQLException {
        List<Cosigned> cosignatures = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(COSIGNATURES)) {
            statement.setLong(1, after);
            statement.setLong(2, upTo);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    cosignatures.add(new Cosigned(row.getLong(1), row.getString(2), row.getString(3)));
                }
            }
        }
        return cosignatures;
    }

    private static byte[] bytes(List<TreeHash> hashes) {
        ByteBuffer bytes = ByteBuffer.allocate(hashes.size() * TreeHash.BYTES);
        hashes.forEach(hash -> bytes.put(hash.bytes()));
        return bytes.array();
    }
}
