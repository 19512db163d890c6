package eu.diplomatics.generation;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.eventstore.PostgresEventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.eventstore.Tag;
import eu.diplomatics.eventstore.TagVersions;
import eu.diplomatics.eventstore.TagVersions.State;
import eu.diplomatics.keyring.RotationWatch;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Replaces the key that supplier references are tagged with, while everybody goes on. From its first step on every event
 * is tagged, and every claim checked, under both versions; the tags of older events are made anew from what they say;
 * then the new version's table takes the place of the old one, which is dropped. What is done stands in the log's
 * database, so that a kill at any step loses nothing.
 */
public final class TagRotation {
    private static final int PAGE = 1_000;
    private static final int MAX_ATTEMPTS = 60;
    private static final long PAUSE_NANOS = 2_000_000_000;
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String MOVED_ON = "DP005";
    private static final String NOT_THOSE = "DP010";
    private static final String BEGIN = "SELECT eventstore.begin_tag_rotation(?, ?)";
    private static final String BACKFILL = "SELECT eventstore.backfill_tags(?, ?, ?, ?, ?, ?, ?)";
    private static final String CHECK = "SELECT eventstore.check_tag_rotation()";
    private static final String END = "SELECT eventstore.end_tag_rotation(?)";

    /** Makes the key of a version, and tags what the log says under two. */
    public interface Tagger {
        /** The key of this version is durable when this returns. */
        void prepare(int version);

        /** The tags of those of these events that have one, under both versions. */
        Tagged tag(List<StoredEvent> events, int current, int next);
    }

    /**
     * Tags of a page.
     *
     * @param leftOut how many events would have one and do not open any more
     */
    public record Tagged(List<Both> tags, long leftOut) {}

    /** The tag of an event under both versions. */
    public record Both(long position, Tag current, Tag next) {}

    /** The tags that are stored are not those of the events: somebody changed them. Nothing was switched. */
    public static final class TagsChangedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TagsChangedException(SQLException cause) {
            super("the tags are not those of the events", cause);
        }
    }

    private final DataSource rekeyer;
    private final EventReader reader;
    private final TagVersions versions;
    private final Tagger tagger;

    /** @param rekeyer logs in as {@code es_rekeyer} */
    public TagRotation(DataSource rekeyer, Tagger tagger) {
        this.rekeyer = rekeyer;
        this.reader = new PostgresEventReader(rekeyer);
        this.versions = new TagVersions(rekeyer);
        this.tagger = tagger;
    }

    /**
     * Goes through to the end, from wherever an earlier run of the same operation stopped.
     *
     * @throws TagsChangedException when the stored tags are not those of the events
     * @throws LogUnavailableException when the log cannot be read or written now
     */
    public void run(UUID operation, RotationWatch watch) {
        State state = versions.refresh();
        if (state.next() == null && operation.equals(state.operation())) {
            return;
        }
        watch.step("both versions");
        int next = state.current() + 1;
        tagger.prepare(next);
        call(BEGIN, statement -> {
            statement.setObject(1, operation);
            statement.setInt(2, next);
        });
        watch.step("backfill");
        backfill(operation, watch);
        watch.step("check");
        call(CHECK, statement -> {});
        watch.step("switch");
        end(operation, watch);
        State ended = versions.refresh();
        if (ended.next() != null || !operation.equals(ended.operation())) {
            throw new LogUnavailableException("another operation goes on with this rotation");
        }
    }

    private void backfill(UUID operation, RotationWatch watch) {
        State state = versions.refresh();
        long from = state.backfilledTo();
        while (from < state.begunAt() && state.next() != null) {
            long end = state.begunAt();
            List<StoredEvent> page = reader.after(from, PAGE).stream()
                    .filter(event -> event.position() <= end)
                    .toList();
            long to = page.getLast().position();
            bringOver(operation, from, to, tagger.tag(page, state.current(), state.next()));
            from = to;
            watch.progress(from, end);
        }
    }

    private void bringOver(UUID operation, long from, long to, Tagged tagged) {
        List<Both> tags = tagged.tags();
        call(BACKFILL, statement -> {
            statement.setObject(1, operation);
            statement.setLong(2, from);
            statement.setLong(3, to);
            statement.setArray(
                    4,
                    array(statement, "int8", tags.stream().map(Both::position).toArray()));
            statement.setArray(
                    5,
                    array(
                            statement,
                            "bytea",
                            tags.stream().map(both -> both.current().value()).toArray(byte[][]::new)));
            statement.setArray(
                    6,
                    array(
                            statement,
                            "bytea",
                            tags.stream().map(both -> both.next().value()).toArray(byte[][]::new)));
            statement.setLong(7, tagged.leftOut());
        });
    }

    private static Array array(PreparedStatement statement, String type, Object[] values) throws SQLException {
        return statement.getConnection().createArrayOf(type, values);
    }

    /** Whoever reads the old table just now is waited for, and appends are never held for long. */
    private void end(UUID operation, RotationWatch watch) {
        for (int attempt = 1; ; attempt++) {
            try {
                call(END, statement -> statement.setObject(1, operation));
                return;
            } catch (LogUnavailableException e) {
                if (attempt == MAX_ATTEMPTS
                        || !(e.getCause() instanceof SQLException cause)
                        || !LOCK_NOT_AVAILABLE.equals(cause.getSQLState())) {
                    throw e;
                }
                watch.progress(0, 0);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private interface Parameters {
        void set(PreparedStatement statement) throws SQLException;
    }

    private void call(String sql, Parameters parameters) {
        try (Connection connection = rekeyer.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            parameters.set(statement);
            statement.execute();
        } catch (SQLException e) {
            String state = e.getSQLState();
            if (NOT_THOSE.equals(state)) {
                throw new TagsChangedException(e);
            }
            throw new LogUnavailableException(
                    MOVED_ON.equals(state)
                            ? "another run of this rotation goes on"
                            : "tags cannot be made anew now (" + state + ")",
                    false,
                    e);
        }
    }
}
