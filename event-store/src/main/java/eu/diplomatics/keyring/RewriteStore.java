package eu.diplomatics.keyring;

import java.io.DataInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyInputStream;

/** The statements of a rewrite, on one connection as {@code kr_rekeyer}; the caller commits. */
final class RewriteStore {
    private static final String UNFINISHED = """
            SELECT id, kek_id, kek_wrapped, state, cursor_id, cursor_generation, copied
            FROM keyring.rewrite WHERE state <> 'DONE'""";
    private static final String SHREDDED = "SELECT stream FROM keyring.shredding WHERE shredded_at IS NOT NULL";
    private static final String ESTIMATE = """
            SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'keyring.data_key'::regclass""";
    private static final String BEGIN = "SELECT keyring.begin_rewrite(?, ?::jsonb, ?)";
    private static final String ABANDON = "SELECT keyring.abandon_rewrite(?)";
    private static final String ALL = "COPY (SELECT " + KeyRow.COLUMNS
            + " FROM keyring.data_key %s ORDER BY id, generation) TO STDOUT (FORMAT binary)";
    private static final String NEXT = "COPY keyring.data_key_next (" + KeyRow.COLUMNS + ") FROM STDIN (FORMAT binary)";
    private static final String ADVANCE = "SELECT keyring.advance_rewrite(?, ?, ?, ?, ?, ?)";
    private static final String END_COPY = "SELECT keyring.end_copy(?)";
    private static final String TAKE =
            "SELECT o_id, o_generation, o_regime, o_kek, o_wrapped FROM keyring.take_changes(?, ?)";
    private static final String LOCK = "SELECT keyring.lock_for_swap()";
    private static final String SECRETS = "SELECT name, kek_id, wrapped FROM keyring.secret";
    private static final String SWAP = "SELECT keyring.swap(?, ?, ?, ?)";

    private final Connection connection;

    RewriteStore(Connection connection) {
        this.connection = connection;
    }

    enum Stage {
        COPYING,
        CATCHING_UP
    }

    /** The last row that was copied. */
    record Cursor(UUID id, int generation) {}

    /** A rewrite that is not at its end. */
    record Begun(
            long id,
            UUID kek,
            WrappedKey wrapped,
            Stage stage,
            @Nullable Cursor cursor,
            long copied) {}

    record SecretRow(String name, UUID kek, byte[] wrapped) {}

    /**
     * What a look at the changes brought.
     *
     * @param taken how many keys were looked at
     * @param present those of them that are there now
     */
    record Changes(int taken, List<KeyRow> present) {}

    Optional<Begun> unfinished() throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(UNFINISHED)) {
            if (!row.next()) {
                return Optional.empty();
            }
            UUID cursor = row.getObject(5, UUID.class);
            return Optional.of(new Begun(
                    row.getLong(1),
                    row.getObject(2, UUID.class),
                    new WrappedKey(row.getString(3)),
                    Stage.valueOf(row.getString(4)),
                    cursor == null ? null : new Cursor(cursor, row.getInt(6)),
                    row.getLong(7)));
        }
    }

    Set<UUID> shredded() throws SQLException {
        Set<UUID> streams = new HashSet<>();
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SHREDDED)) {
            while (rows.next()) {
                streams.add(rows.getObject(1, UUID.class));
            }
        }
        return streams;
    }

    /** How many keys there are, roughly. */
    long estimate() throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ESTIMATE)) {
            row.next();
            return row.getLong(1);
        }
    }

    void begin(UUID kek, WrappedKey wrapped, Instant now) throws SQLException {
        try (var statement = connection.prepareStatement(BEGIN)) {
            statement.setObject(1, kek);
            statement.setString(2, wrapped.json());
            statement.setTimestamp(3, Timestamp.from(now));
            statement.execute();
        }
    }

    void abandon(long rewrite) throws SQLException {
        call(ABANDON, rewrite);
    }

    /** All keys after the cursor, in their order; to be read to the end, or closed, before anything else is asked here. */
    DataInputStream keysAfter(@Nullable Cursor cursor) throws SQLException, IOException {
        String after =
                cursor == null ? "" : "WHERE (id, generation) > ('%s', %d)".formatted(cursor.id(), cursor.generation());
        DataInputStream in =
                new DataInputStream(new PGCopyInputStream(connection.unwrap(PGConnection.class), ALL.formatted(after)));
        KeyRow.skipHeader(in);
        return in;
    }

    void copy(List<KeyRow> rows) throws SQLException, IOException {
        byte[] bytes = KeyRow.copy(rows);
        var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(NEXT);
        try {
            copy.writeToCopy(bytes, 0, bytes.length);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    void advance(long rewrite, @Nullable Cursor from, Cursor to, long copied) throws SQLException {
        try (var statement = connection.prepareStatement(ADVANCE)) {
            statement.setLong(1, rewrite);
            statement.setObject(2, from == null ? null : from.id());
            statement.setObject(3, from == null ? null : from.generation(), java.sql.Types.INTEGER);
            statement.setObject(4, to.id());
            statement.setInt(5, to.generation());
            statement.setLong(6, copied);
            statement.execute();
        }
    }

    void endCopy(long rewrite) throws SQLException {
        call(END_COPY, rewrite);
    }

    Changes takeChanges(long rewrite, int most) throws SQLException {
        int taken = 0;
        List<KeyRow> present = new ArrayList<>();
        try (var statement = connection.prepareStatement(TAKE)) {
            statement.setLong(1, rewrite);
            statement.setInt(2, most);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    taken++;
                    if (rows.getString(3) != null) {
                        present.add(new KeyRow(
                                rows.getObject(1, UUID.class),
                                rows.getInt(2),
                                rows.getString(3),
                                rows.getObject(4, UUID.class),
                                rows.getBytes(5)));
                    }
                }
            }
        }
        return new Changes(taken, present);
    }

    /** Waits for those who work with the keys just now, a short while, and keeps everybody out until the end. */
    void lock() throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(LOCK);
        }
    }

    List<SecretRow> secrets() throws SQLException {
        List<SecretRow> secrets = new ArrayList<>();
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SECRETS)) {
            while (rows.next()) {
                secrets.add(new SecretRow(rows.getString(1), rows.getObject(2, UUID.class), rows.getBytes(3)));
            }
        }
        return secrets;
    }

    void swap(long rewrite, Map<String, byte[]> secrets, Instant now) throws SQLException {
        List<String> names = List.copyOf(secrets.keySet());
        try (var statement = connection.prepareStatement(SWAP)) {
            statement.setLong(1, rewrite);
            statement.setArray(2, connection.createArrayOf("text", names.toArray()));
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "bytea", names.stream().map(secrets::get).toArray(byte[][]::new)));
            statement.setTimestamp(4, Timestamp.from(now));
            statement.execute();
        }
    }

    void commit() throws SQLException {
        connection.commit();
    }

    void rollback() throws SQLException {
        connection.rollback();
    }

    private void call(String statement, long rewrite) throws SQLException {
        try (PreparedStatement prepared = connection.prepareStatement(statement)) {
            prepared.setLong(1, rewrite);
            prepared.execute();
        }
    }
}
