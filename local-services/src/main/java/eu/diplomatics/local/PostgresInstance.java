package eu.diplomatics.local;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** One PostgreSQL server of our own, on this machine or in a container; same behaviour for tests either way. */
public interface PostgresInstance extends AutoCloseable {
    int port();

    /** The bootstrap superuser; for creating databases and for looking at the server in tests, never for a service. */
    Login superuser();

    /**
     * The files of the server, to be searched by tests. In a container this is a copy made by the call, so ask again
     * after every change.
     */
    Path dataDirectory();

    /** Ends the server as a power cut would: SIGKILL to every process, no checkpoint. */
    void kill();

    /** Shuts down in order; {@link #restart()} brings it back with its data and its port. */
    void stop();

    /** Starts again on the same data and port, whether it was stopped, killed or still runs. */
    void restart();

    /** Stops, and deletes the data where they are temporary. */
    @Override
    void close();

    default String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
    }

    /** As the other, for a client of this name, where clients show certificates. */
    default String jdbcUrl(String database, String client) {
        return jdbcUrl(database);
    }

    /** A connection as the superuser. */
    default Connection connect(String database) throws SQLException {
        return connect(database, superuser());
    }

    default Connection connect(String database, Login login) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", login.username());
        properties.setProperty("password", login.password());
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }
}
