package eu.diplomatics.sealing;

import eu.diplomatics.retention.Kept;
import eu.diplomatics.transparency.TreeHash;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/**
 * The leaves of the access log, as {@code al_sealer} or {@code al_reader}. Rows get their positions when they are
 * sealed, in the order of a queue that their insert fills:
 *
 * <pre>SHA-256(0x00 ‖ position (8) ‖ time in microseconds (8) ‖ row (16) ‖ SHA-256(sealed details) (32))</pre>
 */
public final class AccessLeaves extends StoredLeaves {
    /** As many as stand in {@link #PLACE}. */
    private static final int ROWS_AT_ONCE = 8192;

    private static final String HEAD = "SELECT coalesce(max(position), 0) FROM accesslog.leaf";
    private static final String RECORDED_AT = "SELECT at FROM accesslog.leaf WHERE position = ?";
    private static final String WAITING = """
            SELECT e.at FROM accesslog.unsealed u JOIN accesslog.entry e ON e.id = u.entry ORDER BY u.n LIMIT 1""";
    private static final String PLACE = """
            WITH next AS (SELECT n FROM accesslog.unsealed ORDER BY n LIMIT 8192),
            taken AS (DELETE FROM accesslog.unsealed u USING next WHERE u.n = next.n RETURNING u.n, u.entry),
            placed AS (
                SELECT e.id, e.at, e.sealed,
                    (SELECT coalesce(max(position), 0) FROM accesslog.leaf) + row_number() OVER (ORDER BY t.n) AS position
                FROM taken t JOIN accesslog.entry e ON e.id = t.entry
                -- a row that somebody took away and put back has its leaf
                WHERE NOT EXISTS (SELECT FROM accesslog.leaf l WHERE l.entry = e.id))
            INSERT INTO accesslog.leaf (position, entry, at, leaf)
            SELECT p.position, p.id, p.at, sha256(decode('00', 'hex') || int8send(p.position)
                || int8send((extract(epoch FROM p.at) * 1000000)::bigint) || uuid_send(p.id) || sha256(p.sealed))
            FROM placed p""";
    private static final String AFTER = """
            SELECT l.position, l.at, l.leaf, e.id, e.at, e.sealed,
                l.position <= (SELECT coalesce(max(x.horizon), 0) FROM accesslog.expiry x)
            FROM accesslog.leaf l LEFT JOIN accesslog.entry e ON e.id = l.entry
            WHERE l.position > ? ORDER BY l.position LIMIT ?""";

    private final Duration keptFor;
    private final InstantSource clock;

    /** A row may be gone only after the shortest period that there is ({@link Kept#ACCESS_LOG}). */
    public AccessLeaves() {
        this(Kept.ACCESS_LOG.shortest(), InstantSource.system());
    }

    /**
     * With another period.
     *
     * @param keptFor after that a row may be gone, where the database says that it was taken away; its leaf never is.
     *     Nothing that is signed holds the time of a row that is gone: an audit asks the other provider
     */
    public AccessLeaves(Duration keptFor, InstantSource clock) {
        super("accesslog", HEAD, RECORDED_AT, AFTER);
        this.keptFor = keptFor;
        this.clock = clock;
    }

    @Override
    public boolean prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(PLACE) == ROWS_AT_ONCE;
        }
    }

    /** Behind the last position: the oldest row of the queue. */
    @Override
    public Optional<Instant> recordedAt(Connection connection, long position) throws SQLException {
        Optional<Instant> placed = super.recordedAt(connection, position);
        if (placed.isPresent() || position != head(connection) + 1) {
            return placed;
        }
        try (PreparedStatement statement = connection.prepareStatement(WAITING)) {
            return instant(statement);
        }
    }

    @Override
    LogLeaf leaf(ResultSet row) throws SQLException {
        long position = row.getLong(1);
        TreeHash stored = TreeHash.of(row.getBytes(3));
        UUID entry = row.getObject(4, UUID.class);
        Instant recordedAt = row.getObject(2, OffsetDateTime.class).toInstant();
        if (entry == null) {
            Instant end = clock.instant().minus(keptFor);
            return new LogLeaf(
                    position, recordedAt, stored, row.getBoolean(7) && recordedAt.isBefore(end), Optional.of(end));
        }
        boolean fits = of(position, row.getObject(5, OffsetDateTime.class).toInstant(), entry, row.getBytes(6))
                .equals(stored);
        return new LogLeaf(position, recordedAt, stored, fits);
    }

    /** The leaf of a row, as the database computes it. */
    public static TreeHash of(long position, Instant at, UUID entry, byte[] sealed) {
        return TreeHash.digest(ByteBuffer.allocate(1 + 4 * Long.BYTES + TreeHash.BYTES)
                .put((byte) 0)
                .putLong(position)
                .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, at))
                .putLong(entry.getMostSignificantBits())
                .putLong(entry.getLeastSignificantBits())
                .put(TreeHash.digest(sealed).bytes())
                .array());
    }
}
