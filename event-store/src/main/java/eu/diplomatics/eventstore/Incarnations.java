package eu.diplomatics.eventstore;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Which incarnation of itself the log is, read as {@code es_reader} or {@code es_relay}. */
public final class Incarnations {
    private static final String NOW = """
            SELECT h.incarnation, coalesce(i.kept, 0)
            FROM eventstore.head h LEFT JOIN eventstore.incarnation i USING (incarnation)""";

    private final DataSource reader;

    public Incarnations(DataSource reader) {
        this.reader = reader;
    }

    /**
     * An incarnation.
     *
     * @param number from 1
     * @param kept up to this position it begins as the one before; 0 for the first
     */
    public record Now(int number, long kept) {
        public static final Now FIRST = new Now(1, 0);
    }

    /** The incarnation in force; throws {@link LogUnavailableException}. */
    public Now now() {
        try (Connection connection = reader.getConnection();
                PreparedStatement statement = connection.prepareStatement(NOW);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new Now(row.getInt(1), row.getLong(2));
        } catch (SQLException e) {
            throw new LogUnavailableException(
                    "the log's incarnation cannot be read (" + SqlStates.of(e) + ")", false, e);
        }
    }
}
