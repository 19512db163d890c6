package eu.diplomatics.query.accesslog;

import eu.diplomatics.query.accesslog.NoticeLedger.LedgerUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Calls functions beside the access log by its role {@code al_notifier}. All throw {@link LedgerUnavailableException}. */
final class NotifierCalls {
    private final DataSource notifier;

    NotifierCalls(DataSource notifier) {
        this.notifier = notifier;
    }

    interface Binder {
        void bind(Connection connection, PreparedStatement statement) throws SQLException;
    }

    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** The first row, of which there is always one. */
    <T> T one(String sql, Binder binder, Reader<T> reader) {
        return all(sql, binder, reader).getFirst();
    }

    <T> List<T> all(String sql, Binder binder, Reader<T> reader) {
        try (Connection connection = notifier.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            binder.bind(connection, statement);
            List<T> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(reader.read(result));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }
}
