package eu.diplomatics.inventory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/** Short statements, each on a connection of its own, so that nothing is held from anybody between them. */
final class Queries {
    /** Whatever could hold a key or what lies under one has a column of these types. */
    private static final String TABLES = """
            SELECT n.nspname || '.' || c.relname, greatest(c.reltuples, 0)::bigint
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
              AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                          AND a.atttypid IN ('bytea'::regtype, 'jsonb'::regtype))
            ORDER BY 1""";

    private static final String ESTIMATE =
            "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = to_regclass(?)";

    private final DataSource dataSource;

    Queries(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Reads a row. */
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    <T> List<T> list(String query, Reader<T> reader, Object... parameters) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<T> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(reader.read(rows));
                }
            }
            return found;
        }
    }

    long number(String query, Object... parameters) throws SQLException {
        List<Long> found = list(query, row -> row.getLong(1), parameters);
        return found.isEmpty() ? 0 : found.getFirst();
    }

    /** How many rows a table has, roughly. */
    long estimate(String table) throws SQLException {
        return number(ESTIMATE, table);
    }

    /** Tells of each table that is not known, wherever in this database it stands. */
    void tables(String store, Set<String> known, Report report) throws SQLException {
        list(TABLES, row -> {
            if (!known.contains(row.getString(1))) {
                report.finding(new Finding(
                        Finding.Code.TABLE_LEFT,
                        store + " " + row.getString(1),
                        row.getLong(2),
                        "nobody works with this table: look what it is, and drop it"));
            }
            return true;
        });
    }
}
