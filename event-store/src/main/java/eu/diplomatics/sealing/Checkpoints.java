package eu.diplomatics.sealing;

import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The checkpoints of a log, in its own database: signed notes by size, with cosignatures and time stamps beside them.
 * What is read is not verified here.
 */
public final class Checkpoints {
    private static final String COLUMNS = "SELECT size, root, note, sealed_at FROM %s.checkpoint%s ";

    private final Connection connection;
    private final String schema;
    /** Of an incarnation that has ended: how its tables are named. */
    private final String suffix;

    /**
     * Those of the incarnation in force.
     *
     * @param schema a constant of this code, never a value from outside
     */
    public Checkpoints(Connection connection, String schema) {
        this(connection, schema, "");
    }

    private Checkpoints(Connection connection, String schema, String suffix) {
        this.connection = connection;
        this.schema = schema;
        this.suffix = suffix;
    }

    /** Those of an incarnation that has ended; read only. A query fails where there was none. */
    public static Checkpoints ofEnded(Connection connection, String schema, int incarnation) {
        return new Checkpoints(connection, schema, "_of_" + incarnation);
    }

    /**
     * A checkpoint as it lies in the database.
     *
     * @param note signed by the log, without cosignatures
     */
    public record Stored(long size, byte[] root, byte[] note, Instant sealedAt) {
        /** What the columns say. */
        public TreeHead head() {
            return new TreeHead(size, TreeHash.of(root));
        }
    }

    /** The one of the largest tree. */
    public Optional<Stored> last() throws SQLException {
        return one("ORDER BY size DESC LIMIT 1", -1);
    }

    /** The one of exactly this size. */
    public Optional<Stored> ofSize(long size) throws SQLException {
        return one("WHERE size = ?", size);
    }

    /** The smallest tree that reaches so far. */
    public Optional<Stored> atLeast(long size) throws SQLException {
        return one("WHERE size >= ? ORDER BY size LIMIT 1", size);
    }

    /** Those after a size, smallest first. */
    public List<Stored> after(long size, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                COLUMNS.formatted(schema, suffix) + "WHERE size > ? ORDER BY size LIMIT " + limit)) {
            statement.setLong(1, size);
            return read(statement);
        }
    }

    void insert(TreeHead head, byte[] note) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO " + schema + ".checkpoint (size, root, note) VALUES (?, ?, ?)")) {
            statement.setLong(1, head.size());
            statement.setBytes(2, head.root().bytes());
            statement.setBytes(3, note);
            statement.executeUpdate();
        }
    }

    /** The signature lines of witnesses, each with its end. */
    public List<String> cosignatures(long size) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT line FROM " + schema + ".cosignature" + suffix + " WHERE size = ? ORDER BY witness")) {
            statement.setLong(1, size);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    lines.add(rows.getString(1));
                }
            }
        }
        return lines;
    }

    /** The note with everything that is known to have signed it. */
    public byte[] cosigned(Stored checkpoint) throws SQLException {
        String lines = String.join("", cosignatures(checkpoint.size()));
        return (new String(checkpoint.note(), StandardCharsets.UTF_8) + lines).getBytes(StandardCharsets.UTF_8);
    }

    /** The size of the largest tree that a witness has cosigned; 0 when there is none. */
    long cosignedBy(String witness) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT coalesce(max(size), 0) FROM " + schema + ".cosignature WHERE witness = ?")) {
            statement.setString(1, witness);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    void addCosignature(long size, String witness, String line) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO " + schema
                + ".cosignature (size, witness, line) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
            statement.setLong(1, size);
            statement.setString(2, witness);
            statement.setString(3, line);
            statement.executeUpdate();
        }
    }

    /** A time stamp over a checkpoint as the log signed it. */
    public record Stamp(long size, byte[] token, Instant receivedAt) {}

    /** The stamp over the largest tree. */
    public Optional<Stamp> lastStamp() throws SQLException {
        return stamp("ORDER BY size DESC LIMIT 1", -1);
    }

    /** The stamp over the smallest tree that reaches so far. */
    public Optional<Stamp> stampAtLeast(long size) throws SQLException {
        return stamp("WHERE size >= ? ORDER BY size LIMIT 1", size);
    }

    void addStamp(long size, byte[] token) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO " + schema + ".time_stamp (size, token) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
            statement.setLong(1, size);
            statement.setBytes(2, token);
            statement.executeUpdate();
        }
    }

    private Optional<Stamp> stamp(String condition, long parameter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT size, token, received_at FROM " + schema + ".time_stamp " + condition)) {
            if (parameter >= 0) {
                statement.setLong(1, parameter);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Stamp(
                                row.getLong(1),
                                row.getBytes(2),
                                row.getObject(3, OffsetDateTime.class).toInstant()))
                        : Optional.empty();
            }
        }
    }

    private Optional<Stored> one(String condition, long parameter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS.formatted(schema, suffix) + condition)) {
            if (parameter >= 0) {
                statement.setLong(1, parameter);
            }
            return read(statement).stream().findFirst();
        }
    }

    private static List<Stored> read(PreparedStatement statement) throws SQLException {
        List<Stored> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(new Stored(
                        rows.getLong(1),
                        rows.getBytes(2),
                        rows.getBytes(3),
                        rows.getObject(4, OffsetDateTime.class).toInstant()));
            }
        }
        return found;
    }
}
