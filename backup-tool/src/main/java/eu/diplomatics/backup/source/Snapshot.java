package eu.diplomatics.backup.source;

import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** One database as it was at one moment, whatever is written to it meanwhile. Not thread-safe. */
public final class Snapshot implements AutoCloseable {
    private static final String TABLES = """
            SELECT n.nspname, c.relname,
                   array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.attgenerated = '' AND a.attname <> 'made_in'),
                   EXISTS (SELECT FROM pg_index i
                             JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = i.indkey[0]
                            WHERE i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1 AND k.attname = 'position')
              FROM pg_class c
              JOIN pg_namespace n ON n.oid = c.relnamespace
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE n.nspname = ANY (?) AND c.relkind = 'r'
             GROUP BY c.oid, n.nspname, c.relname
             ORDER BY n.nspname, c.relname
            """;
    private static final String NAMES = """
            SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = ANY (?) AND c.relkind = 'r' ORDER BY 1, 2
            """;
    private static final String FILES = """
            SELECT n.nspname || '.' || c.relname, c.relfilenode::text
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = ANY (?) AND c.relkind = 'r'
            """;
    private static final String HORIZON = """
            SELECT (SELECT system_identifier FROM pg_control_system()) || ':' || pg_snapshot_xmin(pg_current_snapshot())
            """;
    private static final String SEQUENCES = """
            SELECT schemaname || '.' || sequencename, coalesce(last_value, 0)
              FROM pg_sequences WHERE schemaname = ANY (?) ORDER BY 1
            """;
    /** Tables of which this role would be shown only some rows, without a word. */
    private static final String HIDDEN = """
            SELECT n.nspname || '.' || c.relname
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = ANY (?) AND c.relkind = 'r' AND c.relrowsecurity
               AND (NOT EXISTS (SELECT FROM pg_policies p
                                 WHERE p.schemaname = n.nspname AND p.tablename = c.relname AND p.cmd IN ('SELECT', 'ALL')
                                   AND p.permissive = 'PERMISSIVE' AND p.qual = 'true'
                                   AND p.roles && ARRAY[current_user, 'public'::name])
                    OR EXISTS (SELECT FROM pg_policies p
                                WHERE p.schemaname = n.nspname AND p.tablename = c.relname AND p.permissive = 'RESTRICTIVE'))
            """;

    private static final String MIGRATED = """
            SELECT schemaname FROM pg_tables WHERE schemaname = ANY (?) AND tablename = ? ORDER BY 1
            """;
    /** insufficient_privilege */
    private static final String HIDDEN_STATE = "42501";

    private static final String MIGRATIONS = "flyway_schema_history";

    private final SourceDatabase database;
    private final Connection connection;

    private Snapshot(SourceDatabase database, Connection connection) {
        this.database = database;
        this.connection = connection;
    }

    /** @param source logs in as the backup's own role, which may read and nothing else */
    public static Snapshot take(SourceDatabase database, DataSource source) throws SQLException {
        Connection connection = source.getConnection();
        try (Statement statement = connection.createStatement()) {
            List<String> names = names(connection, database);
            connection.setAutoCommit(false);
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            // before the snapshot: a table that another takes the place of after it would be shown without its newest
            // rows
            for (String name : names) {
                statement.execute("LOCK TABLE " + name + " IN ACCESS SHARE MODE");
            }
            statement.execute("SET LOCAL statement_timeout = 0");
            // rows that come in the order of their key lie so: sorting them would take their size once more
            statement.execute("SET LOCAL enable_sort = off");
            statement.executeQuery("SELECT pg_current_snapshot()").close(); // from here on nothing moves
            return new Snapshot(database, connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static List<String> names(Connection connection, SourceDatabase database) throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(NAMES)) {
            statement.setArray(
                    1, connection.createArrayOf("text", database.schemas().toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    if (!database.leftOut().contains(rows.getString(2))) {
                        names.add(SourceTable.quoted(rows.getString(1)) + "." + SourceTable.quoted(rows.getString(2)));
                    }
                }
            }
        }
        return names;
    }

    public SourceDatabase database() {
        return database;
    }

    /** From where a tail goes on. */
    public SourceMarks marks() throws SQLException {
        Map<String, String> files = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(FILES)) {
            statement.setArray(1, ofSchemas());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    files.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return new SourceMarks(figure(HORIZON), files);
    }

    /**
     * All tables of the database but those that are left out on purpose: one that a later version brings is among them.
     *
     * @throws SQLException also when one of them, or some of its rows, may not be read: a backup without them would be none
     */
    public List<SourceTable> tables() throws SQLException {
        refuseHidden();
        List<SourceTable> tables = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(TABLES)) {
            statement.setArray(1, ofSchemas());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String name = rows.getString(2);
                    if (!database.leftOut().contains(name)) {
                        tables.add(new SourceTable(
                                rows.getString(1),
                                name,
                                names(rows.getArray(3)),
                                rows.getBoolean(4) ? "position" : ""));
                    }
                }
            }
        }
        return tables;
    }

    private void refuseHidden() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HIDDEN)) {
            statement.setArray(1, ofSchemas());
            try (ResultSet rows = statement.executeQuery()) {
                if (rows.next()) {
                    throw new SQLException("rows of " + rows.getString(1) + " are hidden from this role", HIDDEN_STATE);
                }
            }
        }
    }

    /** In which this database has migrations of its own. */
    public List<String> schemas() throws SQLException {
        List<String> migrated = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(MIGRATED)) {
            statement.setArray(1, ofSchemas());
            statement.setString(2, MIGRATIONS);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    migrated.add(rows.getString(1));
                }
            }
        }
        return migrated;
    }

    private Array ofSchemas() throws SQLException {
        return connection.createArrayOf("text", database.schemas().toArray());
    }

    private static List<String> names(Array array) throws SQLException {
        return Arrays.asList((String[]) array.getArray());
    }

    /** The last value of each sequence. */
    public Map<String, Long> sequences() throws SQLException {
        Map<String, Long> values = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SEQUENCES)) {
            statement.setArray(1, ofSchemas());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    values.put(rows.getString(1), rows.getLong(2));
                }
            }
        }
        return values;
    }

    /** Takes what PostgreSQL sends, message by message; each ends where a row ends. */
    @FunctionalInterface
    public interface Copied {
        void message(byte[] bytes) throws IOException, SQLException;
    }

    /** Sends the rows of a table. */
    public void copy(SourceTable table, Copied copied) throws SQLException, IOException {
        copy(table, "true", copied);
    }

    /**
     * Sends some rows of a table.
     *
     * @param condition SQL, of which nothing comes from outside; the table is called {@code t}
     */
    public void copy(SourceTable table, String condition, Copied copied) throws SQLException, IOException {
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(table.copy(condition));
        try {
            for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
                copied.message(message);
            }
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** What one query answers, in one row and column. */
    public String figure(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    /** The newest migration, by which a restore knows which schema the tables need. */
    public String migration(String schema) throws SQLException {
        return figure("SELECT version FROM \"" + schema + "\".\"" + MIGRATIONS
                + "\" WHERE success AND version IS NOT NULL ORDER BY installed_rank DESC LIMIT 1");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
