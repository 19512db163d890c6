package eu.diplomatics.backup.generation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * One backup at a time of one registry, from whatever machine; and while it goes on, no generation of data keys that it
 * reads is dropped, nor the keys of it. Both end with the session, the second at most a quarter of an hour later.
 */
final class Turn implements AutoCloseable {
    private static final String TAKE = "SELECT pg_try_advisory_lock(hashtext('diplomatics.backup'))";
    private static final String CURRENT = "SELECT generation FROM eventstore.key_generation WHERE current";
    private static final String HOLD = "SELECT eventstore.hold_generation(?, ?, ?)";
    private static final int SECONDS = 900;
    private static final int ATTEMPTS = 10;

    private final Connection connection;
    private int generation;

    private Turn(Connection connection) {
        this.connection = connection;
    }

    static Turn take(DataSource source) throws SQLException, BackupException {
        Connection connection = source.getConnection();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(TAKE)) {
            row.next();
            if (row.getBoolean(1)) {
                return new Turn(connection);
            }
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        connection.close();
        throw new BackupException(BackupException.Code.ANOTHER_RUNS, "another backup of this registry is being made");
    }

    /** Says that the present generation of data keys is read, and goes on saying so for the one said first. */
    void hold(GenerationId id) throws SQLException {
        for (int attempt = 1; !hold("backup:" + id, generation == 0 ? current() : generation); attempt++) {
            if (generation != 0 || attempt == ATTEMPTS) {
                throw new SQLException("the generation of data keys that is read was dropped", "55000");
            }
        }
    }

    private boolean hold(String holder, int wanted) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HOLD)) {
            statement.setString(1, holder);
            statement.setInt(2, wanted);
            statement.setInt(3, SECONDS);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (row.getBoolean(1)) {
                    generation = wanted;
                    return true;
                }
                return false;
            }
        }
    }

    private int current() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(CURRENT)) {
            row.next();
            return row.getInt(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
