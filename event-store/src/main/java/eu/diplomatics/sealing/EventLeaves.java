package eu.diplomatics.sealing;

import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.Leaf;
import eu.diplomatics.transparency.TreeHash;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.UUID;

/** The leaves of the event log, as {@code es_sealer} or {@code es_reader}. */
public final class EventLeaves extends StoredLeaves {
    private static final String HEAD = "SELECT coalesce(max(position), 0) FROM eventstore.event";
    private static final String INCARNATION = "SELECT incarnation FROM eventstore.head";
    private static final String RECORDED_AT = "SELECT recorded_at FROM eventstore.event WHERE position = ?";
    private static final String AFTER = """
            SELECT position, recorded_at, stream, version, type, type_version, commitment, leaf
            FROM eventstore.event WHERE position > ? ORDER BY position LIMIT ?""";

    public EventLeaves() {
        super("eventstore", HEAD, RECORDED_AT, AFTER);
    }

    @Override
    public int incarnation(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(INCARNATION)) {
            row.next();
            return row.getInt(1);
        }
    }

    @Override
    LogLeaf leaf(ResultSet row) throws SQLException {
        long position = row.getLong(1);
        Instant recordedAt = row.getObject(2, OffsetDateTime.class).toInstant();
        EventContext context =
                new EventContext(row.getObject(3, UUID.class), row.getLong(4), row.getString(5), row.getInt(6));
        byte[] leaf = row.getBytes(8);
        boolean fits = Arrays.equals(Leaf.of(position, recordedAt, context, row.getBytes(7)), leaf);
        return new LogLeaf(position, recordedAt, TreeHash.of(leaf), fits);
    }
}
