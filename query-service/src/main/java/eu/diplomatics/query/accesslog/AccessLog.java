package eu.diplomatics.query.accesslog;

import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes accesses durably. Time is the database's: this service may insert a row, and nothing else. */
public final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final String INSERT = """
            INSERT INTO accesslog.entry (id, subject, sealed)
            SELECT * FROM unnest(?::uuid[], ?::bytea[], ?::bytea[])
            """;

    private final DataSource writer;
    private final AccessSeal seal;

    AccessLog(DataSource writer, AccessSeal seal) {
        this.writer = writer;
        this.seal = seal;
    }

    /**
     * Returns when all rows are durable; they are written together or not at all.
     *
     * @throws ProblemException {@code LOG_UNAVAILABLE}: then nothing may be disclosed
     */
    public void write(List<Access> accesses) {
        Map<UUID, byte[]> sealed = seal.seal(accesses);
        try (Connection connection = writer.getConnection();
                PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "uuid", accesses.stream().map(Access::id).toArray()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "bytea", accesses.stream().map(Access::subject).toArray(byte[][]::new)));
            statement.setArray(
                    3, connection.createArrayOf("bytea", sealed.values().toArray(byte[][]::new)));
            if (statement.executeUpdate() != accesses.size()) {
                throw new SQLException("not all rows were written");
            }
        } catch (SQLException e) {
            LOG.error("access log does not take rows: {}", e.getSQLState());
            throw ProblemException.later(ProblemCode.LOG_UNAVAILABLE, "Ask again later.", RETRY_AFTER);
        }
    }
}
