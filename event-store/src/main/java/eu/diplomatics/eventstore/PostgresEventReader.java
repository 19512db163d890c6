package eu.diplomatics.eventstore;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log with a role that can only select ({@code es_reader}).
 *
 * <p>Headers and ciphertexts come from one statement, so from one snapshot. That statement also tells the key
 * generation in force; when it is not the one whose table was read, the map is read anew and the read repeated.
 */
public final class PostgresEventReader implements EventReader {
    private static final String COLUMNS = """
            SELECT e.position, timestamptz_send(e.recorded_at) AS recorded_at, e.stream, e.version, e.type, e.type_version,
                e.holder, e.command, e.commitment, e.leaf, c.ciphertext,
                (SELECT g.generation FROM eventstore.key_generation g WHERE g.current) AS generation
            """;
    private static final String HEAD = "SELECT position, timestamptz_send(recorded_at) FROM eventstore.head";
    private static final String GENERATION =
            "SELECT generation, ciphertext_table FROM eventstore.key_generation WHERE current";
    private static final long PAGE_BYTES = 8 << 20;
    /** Ends where the rows before have the bytes of a page; a value's size is known without fetching it. */
    private static final String PAGE =
            "SELECT p.* FROM (" + COLUMNS.stripTrailing() + """
            ,
                coalesce(sum(octet_length(c.ciphertext)) OVER (
                    ORDER BY e.position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before
            %s) AS p WHERE p.bytes_before <\s""" + PAGE_BYTES + " ORDER BY p.position";
    /** The bound on the ciphertexts spares the merge of both keys its way from the first position. */
    private static final String AFTER = PAGE.formatted("""
            FROM eventstore.event e LEFT JOIN eventstore.%s c ON c.position = e.position AND c.position > ?
            WHERE e.position > ? ORDER BY e.position LIMIT ?
            """);

    private static final String BY_STREAM = COLUMNS + """
            FROM eventstore.event e LEFT JOIN eventstore.%s c ON c.position = e.position
            WHERE e.stream = ANY (?) ORDER BY e.stream, e.version
            """;
    private static final String BY_HOLDER = COLUMNS + """
            FROM eventstore.event e LEFT JOIN eventstore.%s c ON c.position = e.position
            WHERE e.stream = ANY (ARRAY(SELECT DISTINCT h.stream FROM eventstore.event h WHERE h.holder = ANY (?)))
            ORDER BY e.stream, e.version
            """;
    private static final String FIRST_WITH = """
            SELECT e.stream, e.version, e.position, timestamptz_send(e.recorded_at) AS recorded_at, e.leaf, t.tag
            FROM unnest(?) AS t (tag)
            CROSS JOIN LATERAL (SELECT min(f.position) AS position FROM eventstore.event_tag f WHERE f.tag = t.tag) AS f
            JOIN eventstore.event e ON e.position = f.position
            """;
    /** The commands first, and by their index: the planner would walk the log in the order that is asked for. */
    private static final String COMMANDS = """
            WITH c AS MATERIALIZED (
                SELECT h.position, h.unit_events, h.command FROM eventstore.event h
                WHERE h.command = ANY (?) AND h.unit_events > 0)
            SELECT e.stream, e.version, e.position, timestamptz_send(e.recorded_at) AS recorded_at, e.leaf, c.command
            FROM c CROSS JOIN LATERAL (
                SELECT h.stream, h.version, h.position, h.recorded_at, h.leaf FROM eventstore.event h
                WHERE h.position > c.position - c.unit_events AND h.position <= c.position OFFSET 0) AS e
            ORDER BY e.position
            """;

    private static final String OCCURRENCES = """
            SELECT e.stream, e.version, e.position, timestamptz_send(e.recorded_at) AS recorded_at, e.leaf, e.type,
                e.holder
            FROM eventstore.event e WHERE e.position > ? AND e.position <= ? AND e.type = ANY (?) ORDER BY e.position
            """;
    /** Time never runs back along positions, so that halving finds the place without an index on time. */
    private static final String POSITION_AT = """
            WITH RECURSIVE halves (low, high) AS (
                SELECT 0::bigint, position FROM eventstore.head
                UNION ALL
                SELECT CASE WHEN m.recorded_at <= ? THEN m.position ELSE s.low END,
                    CASE WHEN m.recorded_at <= ? THEN s.high ELSE (s.low + s.high + 1) / 2 - 1 END
                FROM halves s CROSS JOIN LATERAL (
                    SELECT e.position, e.recorded_at FROM eventstore.event e
                    WHERE e.position >= (s.low + s.high + 1) / 2 ORDER BY e.position LIMIT 1) AS m
                WHERE s.low < s.high)
            SELECT low FROM halves WHERE low >= high
            """;

    private static final int MAX_ATTEMPTS = 3;
    private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;

    private final DataSource source;
    private volatile @Nullable Generation generation;

    /** {@code source} logs in as {@code es_reader}; its pool is the caller's to size and to close. */
    public PostgresEventReader(DataSource source) {
        this.source = source;
    }

    private record Generation(int number, String table) {}

    @Override
    public Head head() {
        return query(HEAD, statement -> {}, row -> new Head(row.getLong(1), instant(row.getBytes(2))))
                .getFirst();
    }

    @Override
    public List<StoredEvent> after(long position, int limit) {
        return events(AFTER, statement -> {
            statement.setLong(1, position);
            statement.setLong(2, position);
            statement.setInt(3, limit);
        });
    }

    @Override
    public List<StoredEvent> stream(UUID stream) {
        return streams(List.of(stream)).getOrDefault(stream, List.of());
    }

    @Override
    public Map<UUID, List<StoredEvent>> streams(Collection<UUID> streams) {
        return byStream(BY_STREAM, streams);
    }

    @Override
    public Map<UUID, List<StoredEvent>> holders(Collection<UUID> holders) {
        return byStream(BY_HOLDER, holders);
    }

    @Override
    public List<StoredEvent> matching(Collection<Condition> criteria, int limit) {
        if (criteria.isEmpty()) {
            return List.of();
        }
        CriteriaQuery query = new CriteriaQuery(criteria, limit);
        return events(PAGE.formatted(query.from()), query::bind);
    }

    @Override
    public Map<Tag, EventPlace> firstWith(Collection<Tag> tags) {
        Map<Tag, EventPlace> found = new HashMap<>();
        if (!tags.isEmpty()) {
            byte[][] values = new LinkedHashSet<>(tags).stream().map(Tag::value).toArray(byte[][]::new);
            query(
                    FIRST_WITH,
                    statement -> statement.setArray(1, statement.getConnection().createArrayOf("bytea", values)),
                    row -> found.put(new Tag(row.getBytes("tag")), place(row)));
        }
        return found;
    }

    @Override
    public Map<UUID, List<EventPlace>> commands(Collection<UUID> commands) {
        Map<UUID, List<EventPlace>> found = new HashMap<>();
        if (!commands.isEmpty()) {
            query(
                    COMMANDS,
                    statement -> setIds(statement, commands),
                    row -> found.computeIfAbsent(row.getObject("command", UUID.class), any -> new ArrayList<>())
                            .add(place(row)));
        }
        return found;
    }

    @Override
    public List<Occurrence> occurrences(long after, long upTo, Collection<String> types) {
        return query(
                OCCURRENCES,
                statement -> {
                    statement.setLong(1, after);
                    statement.setLong(2, upTo);
                    statement.setArray(3, statement.getConnection().createArrayOf("text", types.toArray()));
                },
                row -> new Occurrence(row.getString("type"), row.getObject("holder", UUID.class), place(row)));
    }

    @Override
    public long positionAt(Instant instant) {
        OffsetDateTime time = instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
        return query(
                        POSITION_AT,
                        statement -> {
                            statement.setObject(1, time);
                            statement.setObject(2, time);
                        },
                        row -> row.getLong(1))
                .getFirst();
    }

    private Map<UUID, List<StoredEvent>> byStream(String sql, Collection<UUID> ids) {
        Map<UUID, List<StoredEvent>> streams = new LinkedHashMap<>();
        if (!ids.isEmpty()) {
            for (StoredEvent event : events(sql, statement -> setIds(statement, ids))) {
                streams.computeIfAbsent(event.context().stream(), any -> new ArrayList<>())
                        .add(event);
            }
        }
        return streams;
    }

    private static void setIds(PreparedStatement statement, Collection<UUID> ids) throws SQLException {
        statement.setArray(1, statement.getConnection().createArrayOf("uuid", ids.toArray()));
    }

    private List<StoredEvent> events(String sqlWithTable, Binder binder) {
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            Generation assumed = generation;
            if (assumed == null) {
                assumed = currentGeneration();
                generation = assumed;
            }
            try {
                return read(sqlWithTable.formatted(assumed.table()), binder, row(assumed));
            } catch (StaleGenerationException e) {
                generation = null;
            } catch (SQLException e) {
                if (!SqlStates.of(e).equals(SqlStates.UNDEFINED_TABLE)) {
                    throw unavailable(e);
                }
                generation = null;
            }
        }
        throw new LogUnavailableException("the key generation changes with every look");
    }

    private Generation currentGeneration() {
        Generation found = query(GENERATION, statement -> {}, row -> new Generation(row.getInt(1), row.getString(2)))
                .getFirst();
        if (!found.table().matches("ciphertext_[0-9]+")) {
            throw new IllegalStateException("the generation map names no table of ciphertexts");
        }
        return found;
    }

    private static Row<StoredEvent> row(Generation assumed) {
        return row -> {
            if (row.getInt(12) != assumed.number()) {
                throw new StaleGenerationException();
            }
            byte[] ciphertext = row.getBytes(11);
            return new StoredEvent(
                    row.getLong(1),
                    instant(row.getBytes(2)),
                    new EventContext(row.getObject(3, UUID.class), row.getLong(4), row.getString(5), row.getInt(6)),
                    row.getObject(7, UUID.class),
                    row.getObject(8, UUID.class),
                    row.getBytes(9),
                    row.getBytes(10),
                    assumed.number(),
                    ciphertext == null ? StoredEvent.LOST : ciphertext);
        };
    }

    private static EventPlace place(ResultSet row) throws SQLException {
        return new EventPlace(
                row.getObject("stream", UUID.class),
                row.getLong("version"),
                row.getLong("position"),
                instant(row.getBytes("recorded_at")),
                row.getBytes("leaf"));
    }

    private static Instant instant(byte[] timestamp) {
        return instant(ByteBuffer.wrap(timestamp).getLong());
    }

    /** Of a timestamp in PostgreSQL's binary format. */
    static Instant instant(long timestamp) {
        return WriterSession.instant(timestamp + POSTGRES_EPOCH_MICROS);
    }

    private <T> List<T> query(String sql, Binder binder, Row<T> row) {
        try {
            return read(sql, binder, row);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private <T> List<T> read(String sql, Binder binder, Row<T> row) throws SQLException {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            binder.bind(statement);
            List<T> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(row.read(result));
                }
            }
            return rows;
        }
    }

    private static LogUnavailableException unavailable(SQLException e) {
        return new LogUnavailableException("the log cannot be read (" + SqlStates.of(e) + ")", false, e);
    }

    interface Binder {
        void bind(PreparedStatement statement) throws SQLException;
    }

    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static final class StaleGenerationException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
