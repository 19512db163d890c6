package eu.diplomatics.keyring;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * The shred ledger in the keyring. All throw {@link KeysUnavailableException} when the database does not answer; done
 * again, each does no harm.
 */
public final class ShredLedger {
    private static final String COLUMNS = """
            stream, tombstone, kind, reason_code, legal_basis, asked_at, shredded_at, rewrites, done_at""";
    private static final String PLAN =
            "SELECT " + COLUMNS + ", command_tag, body_tag FROM keyring.plan_shredding(?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String KNOWS = "SELECT EXISTS (SELECT FROM keyring.shredding WHERE command_tag = ?)";
    private static final String SHRED = "SELECT keyring.shred(?, ?)";
    private static final String AGAIN = "SELECT keyring.shred_again(?, ?, ?, ?, ?, ?, ?)";
    private static final String OF_STREAMS =
            "SELECT " + COLUMNS + " FROM keyring.shredding WHERE stream = ANY (?) AND shredded_at IS NOT NULL";
    private static final String NEWEST =
            "SELECT " + COLUMNS + " FROM keyring.shredding ORDER BY asked_at DESC, stream LIMIT ?";
    private static final String REGIME_FORBIDS = "DK005";

    private final DataSource dataSource;

    /** @param dataSource the keyring: to read as any of its roles, to shred as {@code kr_rekeyer} */
    public ShredLedger(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** What became of a plan. */
    public sealed interface Planned {
        /** The stream stands in the ledger, by this command or an earlier one. */
        record Row(Shredding shredding) implements Planned {}

        /** The command was used before for something else. */
        record OtherCommand() implements Planned {}

        /** The law keeps what the stream holds. */
        record RegimeForbids() implements Planned {}
    }

    /**
     * Writes down what is to be shredded; nothing is gone yet.
     *
     * @param wanted its stream, tombstone, kind, reason code, legal basis and time
     * @param commandTag 32 bytes: the same for the same command
     * @param bodyTag 32 bytes: the same for the same content
     */
    public Planned plan(Shredding wanted, byte[] commandTag, byte[] bodyTag) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(PLAN)) {
            statement.setObject(1, wanted.stream());
            statement.setObject(2, wanted.tombstone());
            statement.setString(3, wanted.kind().name());
            statement.setString(4, wanted.reasonCode());
            statement.setString(5, wanted.legalBasis());
            statement.setBytes(6, commandTag);
            statement.setBytes(7, bodyTag);
            statement.setTimestamp(8, Timestamp.from(wanted.askedAt()));
            Planned found = new Planned.OtherCommand();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    boolean same = Arrays.equals(rows.getBytes("command_tag"), commandTag);
                    if (same && !Arrays.equals(rows.getBytes("body_tag"), bodyTag)) {
                        return new Planned.OtherCommand();
                    }
                    if (same || rows.getObject("stream", UUID.class).equals(wanted.stream())) {
                        found = new Planned.Row(shredding(rows));
                    }
                }
            }
            return found;
        } catch (SQLException e) {
            if (REGIME_FORBIDS.equals(e.getSQLState())) {
                return new Planned.RegimeForbids();
            }
            throw unavailable(e);
        }
    }

    /** Whether a command with this tag stands in the ledger. */
    public boolean knows(byte[] commandTag) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(KNOWS)) {
            statement.setBytes(1, commandTag);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** Drops the keys of a stream that stands in the ledger: from here on nobody opens it. */
    public void shred(UUID stream, Instant now) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(SHRED)) {
            statement.setObject(1, stream);
            statement.setTimestamp(2, Timestamp.from(now));
            statement.execute();
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /**
     * Shreds again what the log says was shredded, over an older copy of the keyring that was put back.
     *
     * @return whether there was anything to do
     */
    public boolean again(Shredding shredding, Instant now) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(AGAIN)) {
            statement.setObject(1, shredding.stream());
            statement.setObject(2, shredding.tombstone());
            statement.setString(3, shredding.kind().name());
            statement.setString(4, shredding.reasonCode());
            statement.setString(5, shredding.legalBasis());
            statement.setTimestamp(6, Timestamp.from(shredding.askedAt()));
            statement.setTimestamp(7, Timestamp.from(now));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** Those of the streams that were shredded. */
    public Map<UUID, Shredding> of(Collection<UUID> streams) {
        if (streams.isEmpty()) {
            return Map.of();
        }
        Map<UUID, Shredding> found = new HashMap<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(OF_STREAMS)) {
            statement.setArray(
                    1, connection.createArrayOf("uuid", Set.copyOf(streams).toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Shredding shredding = shredding(rows);
                    found.put(shredding.stream(), shredding);
                }
            }
        } catch (SQLException e) {
            throw unavailable(e);
        }
        return found;
    }

    /** The last ones asked for, newest first. */
    public List<Shredding> newest(int limit) {
        List<Shredding> found = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(NEWEST)) {
            statement.setInt(1, limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(shredding(rows));
                }
            }
        } catch (SQLException e) {
            throw unavailable(e);
        }
        return found;
    }

    private static Shredding shredding(ResultSet row) throws SQLException {
        Timestamp shreddedAt = row.getTimestamp("shredded_at");
        Timestamp doneAt = row.getTimestamp("done_at");
        return new Shredding(
                row.getObject("stream", UUID.class),
                row.getObject("tombstone", UUID.class),
                Shredding.Kind.valueOf(row.getString("kind")),
                row.getString("reason_code"),
                row.getString("legal_basis"),
                row.getTimestamp("asked_at").toInstant(),
                shreddedAt == null ? null : shreddedAt.toInstant(),
                row.getInt("rewrites"),
                doneAt == null ? null : doneAt.toInstant());
    }

    private static KeysUnavailableException unavailable(SQLException e) {
        return new KeysUnavailableException("keyring database does not answer (" + e.getSQLState() + ")", e);
    }
}
