package eu.diplomatics.query.accesslog;

import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much of its quota each mandate used today (UTC, the database's clock). It lies where a row is written for each answer anyway. */
public final class QuotaLedger {
    private static final Logger LOG = LoggerFactory.getLogger(QuotaLedger.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final String TAKE = "SELECT accesslog.take_quota(?, ?, ?)";

    private final DataSource writer;

    QuotaLedger(DataSource writer) {
        this.writer = writer;
    }

    /**
     * Takes from today's quota, durably.
     *
     * @return how many were taken: as many as wanted, or what was left
     * @throws ProblemException {@code LOG_UNAVAILABLE}: then nothing may be disclosed
     */
    public long take(UUID mandate, long wanted, long perDay) {
        try (Connection connection = writer.getConnection();
                PreparedStatement statement = connection.prepareStatement(TAKE)) {
            statement.setObject(1, mandate);
            statement.setLong(2, wanted);
            statement.setLong(3, perDay);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            LOG.error("quotas cannot be counted: {}", e.getSQLState());
            throw ProblemException.later(ProblemCode.LOG_UNAVAILABLE, "Ask again later.", RETRY_AFTER);
        }
    }
}
