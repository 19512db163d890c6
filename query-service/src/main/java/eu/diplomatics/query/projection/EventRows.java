package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.StoredEvent;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** The columns of an event's row, in one order everywhere. */
final class EventRows {
    static final String LIVE = "projection.event";
    static final String SHADOW = "projection.event_shadow";
    static final String COLUMNS = "position, recorded_at, stream, version, type, type_version, holder, command,"
            + " commitment, leaf, key_generation, ciphertext";

    private static final int BATCH = 500;

    private EventRows() {}

    /** Reads {@link #COLUMNS} behind {@code before} other columns. */
    static StoredEvent read(ResultSet row, int before) throws SQLException {
        int at = before;
        return new StoredEvent(
                row.getLong(++at),
                row.getObject(++at, OffsetDateTime.class).toInstant(),
                new EventContext(
                        row.getObject(++at, UUID.class), row.getLong(++at), row.getString(++at), row.getInt(++at)),
                row.getObject(++at, UUID.class),
                row.getObject(++at, UUID.class),
                row.getBytes(++at),
                row.getBytes(++at),
                row.getInt(++at),
                row.getBytes(++at));
    }

    static void insert(JdbcTemplate jdbc, String table, List<StoredEvent> events) {
        jdbc.batchUpdate(
                "INSERT INTO " + table + " (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                events,
                BATCH,
                EventRows::set);
    }

    private static void set(PreparedStatement statement, StoredEvent event) throws SQLException {
        EventContext context = event.context();
        statement.setLong(1, event.position());
        statement.setObject(2, event.recordedAt().atOffset(ZoneOffset.UTC));
        statement.setObject(3, context.stream());
        statement.setLong(4, context.version());
        statement.setString(5, context.type());
        statement.setInt(6, context.typeVersion());
        statement.setObject(7, event.holder());
        statement.setObject(8, event.command());
        statement.setBytes(9, event.commitment());
        statement.setBytes(10, event.leaf());
        statement.setInt(11, event.keyGeneration());
        statement.setBytes(12, event.ciphertext());
    }
}
