package eu.diplomatics.query.accesslog;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the access log, the newest rows first, and opens them. Who asks has written that they do, or will not answer. */
public final class AccessRows {
    /** So many rows come at once, at most. */
    public static final int MOST = 500;

    private static final Logger LOG = LoggerFactory.getLogger(AccessRows.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final UUID FIRST = new UUID(0, 0);
    private static final String ABOUT =
            "SELECT o_id, o_at, o_subject, o_sealed, o_seal_key FROM accesslog.rows_about(?, ?, ?, ?, ?)";
    private static final String BETWEEN =
            "SELECT o_id, o_at, o_subject, o_sealed, o_seal_key FROM accesslog.rows_between(?, ?, ?, ?)";

    private final DataSource teller;
    private final AccessSeal seal;

    AccessRows(DataSource teller, AccessSeal seal) {
        this.teller = teller;
        this.seal = seal;
    }

    /** Before this row; where {@code id} is the least there is, before this moment. */
    public record Place(Instant at, UUID id) {
        /** Before all rows of this moment and later. */
        public static Place before(Instant at) {
            return new Place(at, FIRST);
        }

        /** Before nothing: from the newest row on. */
        public static final Place END = before(Instant.MAX);
    }

    /**
     * A row of the log.
     *
     * @param access empty when the row is not what was sealed: somebody changed it
     */
    public record Logged(UUID id, Instant at, Optional<Access> access) {
        public Place place() {
            return new Place(at, id);
        }
    }

    /**
     * Rows about one person, by all pseudonyms that person may have.
     *
     * @param from not older
     * @throws ProblemException {@code LOG_UNAVAILABLE}
     */
    public List<Logged> about(List<byte[]> subjects, Instant from, Place place, int limit) {
        return read(ABOUT, from, place, limit, subjects);
    }

    /** Rows about anybody, not older than {@code from}. */
    public List<Logged> between(Instant from, Place place, int limit) {
        return read(BETWEEN, from, place, limit, null);
    }

    private List<Logged> read(String sql, Instant from, Place place, int limit, @Nullable List<byte[]> subjects) {
        List<AccessSeal.Row> rows = new ArrayList<>();
        List<Instant> times = new ArrayList<>();
        try (Connection connection = teller.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            int parameter = 1;
            if (subjects != null) {
                statement.setArray(parameter++, connection.createArrayOf("bytea", subjects.toArray(byte[][]::new)));
            }
            statement.setObject(parameter++, moment(from));
            statement.setObject(parameter++, moment(place.at()));
            statement.setObject(parameter++, place.id());
            statement.setInt(parameter, Math.min(limit, MOST));
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    times.add(result.getObject(2, OffsetDateTime.class).toInstant());
                    rows.add(new AccessSeal.Row(
                            result.getObject(1, UUID.class), result.getBytes(3), result.getInt(5), result.getBytes(4)));
                }
            }
        } catch (SQLException e) {
            LOG.error("access log cannot be read: {}", e.getSQLState());
            throw ProblemException.later(ProblemCode.LOG_UNAVAILABLE, "Ask again later.", RETRY_AFTER);
        }
        List<Optional<Access>> opened = seal.open(rows);
        List<Logged> logged = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            logged.add(new Logged(rows.get(i).id(), times.get(i), opened.get(i)));
        }
        return logged;
    }

    /** What lies beyond the driver's time is the infinity on that side. */
    private static OffsetDateTime moment(Instant at) {
        return at.equals(Instant.MAX)
                ? OffsetDateTime.MAX
                : at.equals(Instant.MIN) ? OffsetDateTime.MIN : at.atOffset(ZoneOffset.UTC);
    }
}
