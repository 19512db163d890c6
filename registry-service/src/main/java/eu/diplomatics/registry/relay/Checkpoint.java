package eu.diplomatics.registry.relay;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalLong;
import java.util.zip.CRC32;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * How far the relay has published into each of its topics, and the right to publish: an advisory lock on a connection of its own. The lock goes
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

    private Checkpoint(Connection connection) {
        this.connection = connection;
    }

    /** Takes the lock, the same for all topics of one log; null when another relay holds it. */
    static @Nullable Checkpoint take(DataSource dataSource, String firstTopic) throws SQLException {
        Connection connection = dataSource.getConnection();
        boolean taken = false;
        try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
            CRC32 hash = new CRC32();
            hash.update(firstTopic.getBytes(StandardCharsets.UTF_8));
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
        return taken ? new Checkpoint(connection) : null;
    }

    /** Empty where nothing was ever published into the topic. */
    OptionalLong position(String topic) throws SQLException {
        return position(connection, topic);
    }

    static OptionalLong position(Connection connection, String topic) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, topic);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    void moveTo(String topic, long position) throws SQLException {
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
