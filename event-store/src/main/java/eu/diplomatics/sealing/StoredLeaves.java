package eu.diplomatics.sealing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Leaves in a table, by position. */
abstract class StoredLeaves implements LeafSource {
    private final String schema;
    private final String head;
    private final String recordedAt;
    private final String after;

    /**
     * @param head gives the last position, 0 for none
     * @param recordedAt gives the time of the position that is its parameter, or nothing
     * @param after gives what {@link #leaf} reads, after a position and up to a number
     */
    StoredLeaves(String schema, String head, String recordedAt, String after) {
        this.schema = schema;
        this.head = head;
        this.recordedAt = recordedAt;
        this.after = after;
    }

    /** The leaf of a row, compared with what it was made of. */
    abstract LogLeaf leaf(ResultSet row) throws SQLException;

    @Override
    public final String schema() {
        return schema;
    }

    @Override
    public final long head(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(head)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public Optional<Instant> recordedAt(Connection connection, long position) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(recordedAt)) {
            statement.setLong(1, position);
            return instant(statement);
        }
    }

    static Optional<Instant> instant(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next()
                    ? Optional.of(row.getObject(1, OffsetDateTime.class).toInstant())
                    : Optional.empty();
        }
    }

    @Override
    public final List<LogLeaf> after(Connection connection, long position, int limit) throws SQLException {
        List<LogLeaf> leaves = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(after)) {
            statement.setLong(1, position);
            statement.setInt(2, limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    leaves.add(leaf(rows));
                }
            }
        }
        return leaves;
    }
}
