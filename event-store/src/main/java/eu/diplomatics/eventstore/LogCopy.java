package eu.diplomatics.eventstore;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Reads the log from a position to its end, by COPY, which costs half of a select: for who needs all of it. Headers and
 * ciphertexts come from one statement, so from one snapshot. One connection is used until it is closed. Not thread-safe.
 */
public final class LogCopy implements AutoCloseable {
    private static final int ROWS_AT_ONCE = 20_000;
    private static final long PAGE_BYTES = 4 << 20;
    /** Both tables in the order of their keys from the first row on; the planner knows nothing of a table that is new. */
    private static final String PLAN = """
            SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_hashjoin = off;
            SET LOCAL enable_nestloop = off; SET LOCAL enable_sort = off; SET LOCAL jit = off""";
    /** Nothing where the generation is not the current one: its table misses what was appended since. */
    private static final String COPY = """
            COPY (
                SELECT e.position, e.recorded_at, e.stream, e.version, e.type, e.type_version, e.holder, e.command,
                    e.commitment, e.leaf, c.ciphertext
                FROM eventstore.event e
                LEFT JOIN eventstore.ciphertext_%1$d c ON c.position = e.position AND c.position > %2$d
                WHERE e.position > %2$d
                    AND (SELECT g.generation FROM eventstore.key_generation g WHERE g.current) = %1$d
                ORDER BY e.position LIMIT %3$d
            ) TO STDOUT (FORMAT binary)""";

    private static final int SIGNATURE_BYTES = 11;
    private static final short FIELDS = 11;
    private static final short END = -1;
    private static final int NULL = -1;

    private final DataSource source;
    private final int generation;
    private final int rowsAtOnce;
    private long position;
    private @Nullable Connection connection;
    private @Nullable CopyOut copy;
    /** What is left of the last message. */
    private ByteBuffer message = ByteBuffer.allocate(0);

    /**
     * @param source logs in as one who may select headers and this generation's ciphertexts
     * @param generation of data keys; while it is not the current one nothing is read
     * @param after the position before the first that is read
     */
    public LogCopy(DataSource source, int generation, long after) {
        this(source, generation, after, ROWS_AT_ONCE);
    }

    /** @param rowsAtOnce in one copy; the next goes on where it ended */
    LogCopy(DataSource source, int generation, long after, int rowsAtOnce) {
        this.source = source;
        this.generation = generation;
        this.position = after;
        this.rowsAtOnce = rowsAtOnce;
    }

    /**
     * The next events in order: at most {@code limit}, and fewer when they are large. An empty page is the end.
     *
     * @throws LogUnavailableException when the log cannot be read now; there is no going on after that
     */
    public List<StoredEvent> next(int limit) {
        List<StoredEvent> events = new ArrayList<>(limit);
        try {
            long bytes = 0;
            while (events.size() < limit && bytes < PAGE_BYTES) {
                StoredEvent event = row();
                if (event == null) {
                    break;
                }
                events.add(event);
                bytes += event.ciphertext().length;
            }
        } catch (SQLException e) {
            throw new LogUnavailableException("the log cannot be read (" + SqlStates.of(e) + ")", false, e);
        }
        return events;
    }

    /** Null at the end of the log: where a copy has nothing at its beginning. */
    private @Nullable StoredEvent row() throws SQLException {
        CopyOut current = copy;
        while (true) {
            boolean begins = current == null;
            if (current == null) {
                current = begin();
            }
            StoredEvent event = rowOf(current);
            if (event != null || begins) {
                return event;
            }
            current = null;
        }
    }

    private CopyOut begin() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = source.getConnection();
            connection = open;
            open.setAutoCommit(false);
        }
        try (Statement statement = open.createStatement()) {
            statement.execute(PLAN);
        }
        CopyOut begun =
                open.unwrap(PGConnection.class).getCopyAPI().copyOut(COPY.formatted(generation, position, rowsAtOnce));
        copy = begun;
        message = next(begun);
        message.position(SIGNATURE_BYTES + Integer.BYTES);
        message.position(message.getInt() + message.position());
        return begun;
    }

    private static ByteBuffer next(CopyOut copy) throws SQLException {
        byte[] bytes = copy.readFromCopy();
        if (bytes == null) {
            throw new IllegalStateException("the copy ended before its end");
        }
        return ByteBuffer.wrap(bytes);
    }

    /** Null at the end of this copy. */
    private @Nullable StoredEvent rowOf(CopyOut current) throws SQLException {
        if (!message.hasRemaining()) {
            message = next(current);
        }
        short fields = message.getShort();
        if (fields == END) {
            end(current);
            return null;
        }
        if (fields != FIELDS) {
            throw new IllegalStateException("a row of " + fields + " fields");
        }
        StoredEvent event = event();
        position = event.position();
        return event;
    }

    private void end(CopyOut current) throws SQLException {
        // lets the connection see the end of the copy
        current.readFromCopy();
        copy = null;
        if (connection != null) {
            connection.commit();
        }
    }

    private StoredEvent event() {
        long at = number();
        long micros = number();
        UUID stream = id();
        EventContext context = new EventContext(stream, number(), text(), integer());
        UUID holder = id();
        UUID command = id();
        byte[] commitment = bytes();
        byte[] leaf = bytes();
        return new StoredEvent(
                at,
                PostgresEventReader.instant(micros),
                context,
                holder,
                command,
                commitment,
                leaf,
                generation,
                bytes());
    }

    private long number() {
        message.getInt();
        return message.getLong();
    }

    private int integer() {
        message.getInt();
        return message.getInt();
    }

    private UUID id() {
        message.getInt();
        return new UUID(message.getLong(), message.getLong());
    }

    private String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** Nothing where there is no value: content that the log has lost. */
    private byte[] bytes() {
        int length = message.getInt();
        if (length == NULL) {
            return StoredEvent.LOST;
        }
        byte[] bytes = new byte[length];
        message.get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        try (Connection closing = connection) {
            if (closing != null) {
                CopyOut unfinished = copy;
                if (unfinished != null && unfinished.isActive()) {
                    closing.unwrap(PGConnection.class).cancelQuery();
                    skip(unfinished);
                }
                closing.rollback();
                closing.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new LogUnavailableException("the log cannot be read (" + SqlStates.of(e) + ")", false, e);
        } finally {
            copy = null;
            connection = null;
        }
    }

    /** What the server had sent before it heard of it: the driver's own way to cancel leaves that to the next statement. */
    private static void skip(CopyOut cancelled) throws SQLException {
        try {
            while (cancelled.readFromCopy() != null) {
                // no more of it
            }
        } catch (SQLException e) {
            if (!SqlStates.of(e).equals(SqlStates.CANCELLED)) {
                throw e;
            }
        }
    }
}
