package eu.diplomatics.query.accesslog;

import static eu.diplomatics.query.accesslog.Columns.array;
import static eu.diplomatics.query.accesslog.Columns.bytes;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.query.accesslog.Recipients.Recipient;
import eu.diplomatics.query.grouping.Grouped;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes accesses durably, and in the same transaction which agency received which record. Time is the database's: this
 * service may insert a row, and nothing else.
 */
public final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final String INSERT = """
            WITH written AS (
                INSERT INTO accesslog.entry (id, subject, sealed, seal_key)
                SELECT * FROM unnest(?::uuid[], ?::bytea[], ?::bytea[], ?::smallint[]) RETURNING 1)
            SELECT count(*), accesslog.remember_recipients(?::bytea[], ?::bytea[], ?::bigint[], ?::bytea[], ?::smallint[])
            FROM written
            """;

    private static final int COMMITS_AT_ONCE = 2;
    private static final int REQUESTS_IN_A_COMMIT = 64;

    private final DataSource writer;
    private final AccessSeal seal;
    private final Recipients recipients;
    private final Onlookers onlookers;
    private final Grouped<Written, Integer> commits;

    AccessLog(DataSource writer, AccessSeal seal, Recipients recipients, Onlookers onlookers) {
        this.writer = writer;
        this.seal = seal;
        this.recipients = recipients;
        this.onlookers = onlookers;
        this.commits = new Grouped<>(COMMITS_AT_ONCE, REQUESTS_IN_A_COMMIT, Duration.ZERO, this::commit);
    }

    private record Row(UUID id, byte @Nullable [] subject, byte @Nullable [] sealed, int sealKey) {}

    private record Written(List<Row> rows, List<Recipient> recipients) {}

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
        if (commits.ask(new Written(rows, recipients.of(accesses))) != rows.size()) {
            throw unavailable();
        }
        onlookers.note(accesses);
    }

    /** Requests that wait for the disk share a commit. */
    private List<Integer> commit(List<Written> requests) {
        List<Row> rows =
                requests.stream().flatMap(request -> request.rows().stream()).toList();
        List<Recipient> told = requests.stream()
                .flatMap(request -> request.recipients().stream())
                .toList();
        try (Connection connection = writer.getConnection();
                PreparedStatement statement = connection.prepareStatement(INSERT)) {
            List<Array> arrays = List.of(
                    array(connection, "uuid", rows, Row::id),
                    bytes(connection, rows, Row::subject),
                    bytes(connection, rows, Row::sealed),
                    array(connection, "int2", rows, Row::sealKey),
                    bytes(connection, told, Recipient::record),
                    bytes(connection, told, Recipient::agency),
                    array(connection, "int8", told, Recipient::version),
                    bytes(connection, told, each -> each.sealed().value()),
                    array(connection, "int2", told, each -> each.sealed().key()));
            for (int i = 0; i < arrays.size(); i++) {
                statement.setArray(i + 1, arrays.get(i));
            }
            try (ResultSet written = statement.executeQuery()) {
                written.next();
                if (written.getLong(1) != rows.size()) {
                    throw unavailable();
                }
            }
            return requests.stream().map(request -> request.rows().size()).toList();
        } catch (SQLException e) {
            LOG.error("access log does not take rows: {}", e.getSQLState());
            throw unavailable();
        }
    }

    private static ProblemException unavailable() {
        return ProblemException.later(ProblemCode.LOG_UNAVAILABLE, "Ask again later.", RETRY_AFTER);
    }
}
