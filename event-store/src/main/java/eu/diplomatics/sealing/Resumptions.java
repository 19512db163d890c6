package eu.diplomatics.sealing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The incarnations of a log that were proposed and declared, in the keyring's database. */
final class Resumptions {
    private static final String ONE = """
            SELECT statement, proposed_by, proposed_at, confirmed_by
            FROM keyring.log_resumption WHERE log = ? AND incarnation = ?""";
    private static final String PROPOSE = "SELECT keyring.propose_resumption(?, ?, ?, ?)";
    private static final String CONFIRM = "SELECT keyring.confirm_resumption(?, ?, ?, ?, ?)";

    private final DataSource keyring;
    private final String log;

    Resumptions(DataSource keyring, String log) {
        this.keyring = keyring;
        this.log = log;
    }

    /** A row. */
    record Row(
            String statement,
            String proposedBy,
            Instant proposedAt,
            @Nullable String confirmedBy) {}

    Optional<Row> of(int incarnation) throws SQLException {
        try (Connection connection = keyring.getConnection();
                PreparedStatement statement = connection.prepareStatement(ONE)) {
            statement.setString(1, log);
            statement.setInt(2, incarnation);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Row(
                                row.getString(1),
                                row.getString(2),
                                row.getObject(3, OffsetDateTime.class).toInstant(),
                                row.getString(4)))
                        : Optional.empty();
            }
        }
    }

    boolean propose(int incarnation, String statement, String by) throws SQLException {
        return call(PROPOSE, log, incarnation, statement, by);
    }

    boolean confirm(int incarnation, String proposed, String statement, String by) throws SQLException {
        return call(CONFIRM, log, incarnation, proposed, statement, by);
    }

    private boolean call(String function, Object... parameters) throws SQLException {
        try (Connection connection = keyring.getConnection();
                PreparedStatement statement = connection.prepareStatement(function)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}
