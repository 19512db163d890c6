package eu.diplomatics.eventstore;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Which versions of the reference key tags are made with. What is tagged for others is refused; who tags keeps them in
 * mind and asks again when it is told so. All throw {@link LogUnavailableException}.
 */
public final class TagVersions {
    private static final String STATE = """
            SELECT h.tag_epoch, s.current, s.next, s.begun_at, s.backfilled_to, s.operation, s.current_since
            FROM eventstore.head h, eventstore.tag_state s""";

    private final DataSource reader;
    private volatile @Nullable State known;

    /** @param reader logs in as {@code es_reader} or {@code es_rekeyer} */
    public TagVersions(DataSource reader) {
        this.reader = reader;
    }

    /**
     * What is in force.
     *
     * @param epoch rises with every change
     * @param next the version that is written as well, while the key rotates; else null
     * @param begunAt what lies behind this position has tags of both
     * @param backfilledTo up to where the events before have them too
     * @param operation the rotation under way, or the last one that ended; null when there was none
     */
    public record State(
            long epoch,
            int current,
            @Nullable Integer next,
            long begunAt,
            long backfilledTo,
            @Nullable UUID operation,
            Instant currentSince) {}

    /** As it was when last asked for. */
    public State known() {
        State remembered = known;
        return remembered == null ? refresh() : remembered;
    }

    /** As it is now. */
    public State refresh() {
        try (Connection connection = reader.getConnection();
                PreparedStatement statement = connection.prepareStatement(STATE);
                ResultSet row = statement.executeQuery()) {
            row.next();
            State state = new State(
                    row.getLong(1),
                    row.getInt(2),
                    row.getObject(3, Integer.class),
                    row.getLong(4),
                    row.getLong(5),
                    row.getObject(6, UUID.class),
                    row.getObject(7, OffsetDateTime.class).toInstant());
            known = state;
            return state;
        } catch (SQLException e) {
            throw new LogUnavailableException(
                    "the versions of tags cannot be read (" + SqlStates.of(e) + ")", false, e);
        }
    }
}
