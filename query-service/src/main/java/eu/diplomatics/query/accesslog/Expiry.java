package eu.diplomatics.query.accesslog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import javax.sql.DataSource;

/**
 * Takes rows out of the access log, whose leaves stay, counts of quotas, notices, who received what and cases, by the one role
 * that may.
 */
final class Expiry {
    private static final String ROWS = "SELECT o_horizon, o_removed FROM accesslog.expire(?, ?, ?)";
    private static final String RECIPIENTS = "SELECT accesslog.expire_recipients(?, ?)";
    private static final String NOTICES = "SELECT accesslog.expire_notices(?, ?)";
    private static final String CASES = "SELECT accesslog.expire_cases(?, ?)";
    private static final String QUOTAS = "SELECT accesslog.expire_quota(?)";
    /** Short enough that nobody waits for a transaction. */
    private static final int AT_ONCE = 5_000;

    private final DataSource retention;
    /** From the first position when a program starts: rows that a restore brought back go once more. */
    private long reached;

    /** @param retention logs in as {@code al_retention} */
    Expiry(DataSource retention) {
        this.retention = retention;
    }

    /**
     * Rows that were written before a moment and are sealed, as far as all before them are.
     *
     * @throws SQLException with state 22023 where the moment is less than 364 days ago by the database's own clock
     */
    long rows(Instant before) throws SQLException {
        long removed = 0;
        try (Connection connection = retention.getConnection();
                PreparedStatement statement = connection.prepareStatement(ROWS)) {
            statement.setObject(2, before.atOffset(ZoneOffset.UTC));
            statement.setInt(3, AT_ONCE);
            long from;
            do {
                from = reached;
                statement.setLong(1, from);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    reached = row.getLong(1);
                    removed += row.getLong(2);
                }
            } while (reached == from + AT_ONCE);
        }
        return removed;
    }

    /** Who received a record last before a moment, and is to be told of nothing any more. */
    long recipients(Instant before) throws SQLException {
        return inTurns(RECIPIENTS, before);
    }

    /** Notices that were written before a moment and acknowledged. */
    long notices(Instant before) throws SQLException {
        return inTurns(NOTICES, before);
    }

    /** Cases that were closed or ended before a moment. */
    long cases(Instant before) throws SQLException {
        return inTurns(CASES, before);
    }

    private long inTurns(String sql, Instant before) throws SQLException {
        long removed = 0;
        try (Connection connection = retention.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, before.atOffset(ZoneOffset.UTC));
            statement.setInt(2, AT_ONCE);
            long now;
            do {
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    now = row.getLong(1);
                }
                removed += now;
            } while (now == AT_ONCE);
        }
        return removed;
    }

    /** Counts of days (UTC) before that of a moment. */
    long quotas(Instant before) throws SQLException {
        try (Connection connection = retention.getConnection();
                PreparedStatement statement = connection.prepareStatement(QUOTAS)) {
            statement.setObject(1, LocalDate.ofInstant(before, ZoneOffset.UTC));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
