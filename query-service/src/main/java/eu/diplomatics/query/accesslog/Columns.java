package eu.diplomatics.query.accesslog;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One value of each row, as an array to hand to PostgreSQL: many rows go in one statement, a column at a time. */
final class Columns {
    private Columns() {}

    /** @param type of the elements, as PostgreSQL names it */
    static <T> Array array(
            Connection connection, String type, Collection<T> rows, Function<T, ? extends @Nullable Object> value)
            throws SQLException {
        return connection.createArrayOf(type, rows.stream().map(value).toArray());
    }

    static <T> Array bytes(Connection connection, Collection<T> rows, Function<T, byte @Nullable []> value)
            throws SQLException {
        return connection.createArrayOf("bytea", rows.stream().map(value).toArray(byte[][]::new));
    }
}
