package eu.diplomatics.backup.generation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * One backup at a time of one registry, from whatever machine; and while it goes on, no generation of data keys that it
 * reads is dropped, nor the keys of it. Both end when it is closed; of who is killed the first ends with its session, the
 * second at most a quarter of an hour later.
 */
public final class Turn implements AutoCloseable {
    /** Of a generation. */
    static final String BACKUP = "diplomatics.backup";

    private static final String TAKE = "SELECT pg_try_advisory_lock(hashtext(?))";
    private static final String RELEASE = "SELECT pg_advisory_unlock_all()";
    private static final String CURRENT = "SELECT generation FROM eventstore.key_generation WHERE current";
    private static final String HOLD = "SELECT eventstore.hold_generation(?, ?, ?)";
    private static final int SECONDS = 900;
    private static final int ATTEMPTS = 10;

    private final Connection connection;
    private String holder = "";
    private int generation;

    private Turn(Connection connection) {
        this.connection = connection;
    }

    /**
     * @param what there is one of at a time
     * @throws BackupException {@code ANOTHER_RUNS}
     */
    public static Turn take(DataSource source, String what) throws SQLException, BackupException {
        Connection connection = source.getConnection();
        try (PreparedStatement statement = connection.prepareStatement(TAKE)) {
            statement.setString(1, what);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (row.getBoolean(1)) {
                    return new Turn(connection);
                }
            }
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        connection.close();
        throw new BackupException(BackupException.Code.ANOTHER_RUNS, "another backup of this registry is being made");
    }

    /** Says that the present generation of data keys is read, and goes on saying so for the one said first. */
    public void hold(String by) throws SQLException {
        holder = "backup:" + by;
        for (int attempt = 1; !hold(generation == 0 ? current() : generation, SECONDS); attempt++) {
            if (generation != 0 || attempt == ATTEMPTS) {
                throw new SQLException("the generation of data keys that is read was dropped", "55000");
            }
        }
    }

    /** Nothing of it is read any more, nor are its keys: from here on it may be dropped. */
    public void letGo() throws SQLException {
        if (generation != 0) {
            hold(generation, 0);
            generation = 0;
        }
    }

    private boolean hold(int wanted, int seconds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HOLD)) {
            statement.setString(1, holder);
            statement.setInt(2, wanted);
            statement.setInt(3, seconds);
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
        try (Statement statement = connection.createStatement()) {
            letGo(); // before the turn ends: the next one may hold under the same name
            statement.execute(RELEASE); // the server ends the session only some time after the connection
        } catch (SQLException e) {
            // then the session is over already
        }
        connection.close();
    }
}
