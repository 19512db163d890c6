package eu.diplomatics.backup.restore;

import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.source.SourceTable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A database that is restored into, as its owner, which is what its migrator may become. Not thread-safe. */
final class TargetDatabase implements AutoCloseable {
    private static final String OWNER =
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()";
    private static final String LOCK = "SELECT pg_try_advisory_lock(hashtext('diplomatics.restore'))";
    private static final String STRANGERS = """
            SELECT n.nspname || '.' || c.relname
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'restore') AND n.nspname !~ '^pg_'
               AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
             ORDER BY c.relkind DESC, 1 LIMIT 1
            """;

    private final SourceDatabase database;
    private final Connection connection;

    private TargetDatabase(SourceDatabase database, Connection connection) {
        this.database = database;
        this.connection = connection;
    }

    /** @throws RestoreException when another restore holds it */
    static TargetDatabase open(SourceDatabase database, DataSource migrator) throws SQLException, RestoreException {
        Connection connection = migrator.getConnection();
        try {
            TargetDatabase opened = new TargetDatabase(database, connection);
            if (!"t".equals(opened.figure(LOCK))) {
                throw new RestoreException(
                        RestoreException.Code.ANOTHER_RUNS,
                        "another restore into " + database.databaseName() + " runs");
            }
            opened.execute("SET ROLE " + SourceTable.quoted(opened.figure(OWNER)));
            opened.execute("SET statement_timeout = 0");
            opened.execute("SET maintenance_work_mem = '256MB'");
            // a segment and the note that it is there go together; what a crash of the server takes is loaded again
            opened.execute("SET synchronous_commit = off");
            connection.setAutoCommit(false);
            return opened;
        } catch (SQLException | RestoreException e) {
            connection.close();
            throw e;
        }
    }

    SourceDatabase database() {
        return database;
    }

    Connection connection() {
        return connection;
    }

    /** Something that is in it and is not of a restore; empty when there is nothing. */
    List<String> strangers() throws SQLException {
        return strings(STRANGERS);
    }

    /** What is done in one transaction. */
    @FunctionalInterface
    interface Work {
        void run() throws SQLException, IOException;
    }

    void transaction(Work work) throws SQLException, IOException {
        boolean done = false;
        try {
            work.run();
            connection.commit();
            done = true;
        } finally {
            if (!done && !connection.isClosed()) {
                connection.rollback();
            }
        }
    }

    /** As {@link #transaction}, and durable when this returns, with all that was before. */
    void durably(Work work) throws SQLException, IOException {
        transaction(() -> {
            execute("SET LOCAL synchronous_commit = on");
            work.run();
        });
    }

    void execute(String sql, Object... parameters) throws SQLException {
        if (parameters.length == 0) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.execute();
        }
    }

    /** What a query answers in one row and column; the text null where that is null. */
    String figure(String sql, Object... parameters) throws SQLException {
        return strings(sql, parameters).getFirst();
    }

    /** The first column. */
    List<String> strings(String sql, Object... parameters) throws SQLException {
        List<String> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(String.valueOf(rows.getString(1)));
                }
            }
        }
        return found;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
