package eu.diplomatics.query.accesslog;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.query.grouping.Grouped;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes accesses durably. Time is the database's: this service may insert a row, and nothing else. */
public final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final String INSERT = """
            INSERT INTO accesslog.entry (id, subject, sealed, seal_key)
            SELECT * FROM unnest(?::uuid[], ?::bytea[], ?::bytea[], ?::smallint[])
            """;

    private static final int COMMITS_AT_ONCE = 2;
    private static final int REQUESTS_IN_A_COMMIT = 64;

    private final DataSource writer;
    private final AccessSeal seal;
    private final Grouped<List<Row>, Integer> commits;

    AccessLog(DataSource writer, AccessSeal seal) {
        this.writer = writer;
        this.seal = seal;
        this.commits = new Grouped<>(COMMITS_AT_ONCE, REQUESTS_IN_A_COMMIT, Duration.ZERO, this::commit);
    }

    private record Row(UUID id, byte @Nullable [] subject, byte @Nullable [] sealed, int sealKey) {}

    /**
     * Returns when all rows are durable; they are written together or not at all.
     *
     * @throws ProblemException {@code LOG_UNAVAILABLE}: then nothing may be disclosed
     */
    public void write(List<Access> accesses) {
        AccessSeal.Sealed sealed = seal.seal(accesses);
        List<Row> rows = accesses.stream()
                .map(access ->
                        new Row(access.id(), access.subject(), sealed.details().get(access.id()), sealed.key()))
                .toList();
        if (commits.ask(rows) != rows.size()) {
            throw unavailable();
        }
    }

    /** Requests that wait for the disk share a commit. */
    private List<Integer> commit(List<List<Row>> requests) {
        List<Row> rows = requests.stream().flatMap(List::stream).toList();
        try (Connection connection = writer.getConnection();
                PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setArray(
                    1,
                    connection.createArrayOf("uuid", rows.stream().map(Row::id).toArray()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "bytea", rows.stream().map(Row::subject).toArray(byte[][]::new)));
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "bytea", rows.stream().map(Row::sealed).toArray(byte[][]::new)));
            statement.setArray(
                    4,
                    connection.createArrayOf(
                            "int2", rows.stream().map(Row::sealKey).toArray()));
            if (statement.executeUpdate() != rows.size()) {
                throw unavailable();
            }
            return requests.stream().map(List::size).toList();
        } catch (SQLException e) {
            LOG.error("access log does not take rows: {}", e.getSQLState());
            throw unavailable();
        }
    }

    private static ProblemException unavailable() {
        return ProblemException.later(ProblemCode.LOG_UNAVAILABLE, "Ask again later.", RETRY_AFTER);
    }
}
