package eu.diplomatics.registry.relay;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.zip.CRC32;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * How far the relay has published, and the right to publish: an advisory lock on a connection of its own. The lock goes
 * with its connection, so that a relay that lost it cannot move the checkpoint either.
 */
final class Checkpoint implements AutoCloseable {
    private static final String LOCK = "SELECT pg_try_advisory_lock(?, ?)";
    private static final String READ = "SELECT position FROM eventstore.relay_checkpoint WHERE topic = ?";
    private static final String WRITE = """
            INSERT INTO eventstore.relay_checkpoint AS c (topic, position) VALUES (?, ?)
            ON CONFLICT (topic) DO UPDATE SET position = EXCLUDED.position, updated_at = clock_timestamp()
            WHERE c.position < EXCLUDED.position""";
    private static final int LOCK_CLASS = 0x52454C59;
    private static final int VALID_SECONDS = 2;

    private final Connection connection;
    private final String topic;

    private Checkpoint(Connection connection, String topic) {
        this.connection = connection;
        this.topic = topic;
    }

    /** Takes the lock; null when another relay holds it. */
    static @Nullable Checkpoint take(DataSource dataSource, String topic) throws SQLException {
        Connection connection = dataSource.getConnection();
        boolean taken = false;
        try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
            CRC32 hash = new CRC32();
            hash.update(topic.getBytes(StandardCharsets.UTF_8));
            statement.setInt(1, LOCK_CLASS);
            statement.setInt(2, (int) hash.getValue());
            try (ResultSet row = statement.executeQuery()) {
                taken = row.next() && row.getBoolean(1);
            }
        } finally {
            if (!taken) {
                connection.close();
            }
        }
        return taken ? new Checkpoint(connection, topic) : null;
    }

    long position() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, topic);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    void moveTo(long position) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            statement.setString(1, topic);
            statement.setLong(2, position);
            statement.executeUpdate();
        }
    }

    boolean isHeld() throws SQLException {
        return connection.isValid(VALID_SECONDS);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
