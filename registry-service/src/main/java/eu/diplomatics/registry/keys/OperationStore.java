package eu.diplomatics.registry.keys;

import eu.diplomatics.registry.keys.Operation.State;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Operations in the registry's own database. */
final class OperationStore {
    private static final String COLUMNS = """
            id, kind, arguments, requested_by, state, created_at, started_at, finished_at, step, step_at, done, total,
            attempts, error""";
    private static final String INSERT = """
            INSERT INTO keys.operation (id, kind, arguments, requested_by, state, created_at)
            VALUES (?, ?, ?::jsonb, ?, 'PENDING', ?)
            ON CONFLICT (kind) WHERE state IN ('PENDING', 'RUNNING') DO NOTHING""";
    private static final String UNFINISHED = "SELECT " + COLUMNS + """
             FROM keys.operation WHERE state IN ('PENDING', 'RUNNING')
            ORDER BY state = 'RUNNING' DESC, created_at, id""";
    private static final String NEWEST =
            "SELECT " + COLUMNS + " FROM keys.operation ORDER BY created_at DESC, id LIMIT ?";
    private static final String LAST = "SELECT max(finished_at) FROM keys.operation WHERE kind = ? AND state = ?";
    private static final String TAKE = """
            UPDATE keys.operation SET state = 'RUNNING', started_at = coalesce(started_at, ?), attempts = attempts + 1
            WHERE id = ? AND state IN ('PENDING', 'RUNNING')""";
    private static final String STEP = """
            UPDATE keys.operation SET step = ?, step_at = ?, done = 0, total = 0 WHERE id = ? AND state = 'RUNNING'""";
    private static final String PROGRESS =
            "UPDATE keys.operation SET done = ?, total = ? WHERE id = ? AND state = 'RUNNING'";
    private static final String ENDED = """
            UPDATE keys.operation SET state = ?, finished_at = ?, error = ? WHERE id = ? AND state = 'RUNNING'""";
    private static final String ERROR = "UPDATE keys.operation SET error = ? WHERE id = ? AND state = 'RUNNING'";
    private static final String DECIDED = "SELECT decided FROM keys.operation WHERE id = ? AND decided IS NOT NULL";
    private static final String DECIDE = """
            UPDATE keys.operation SET decided = ? WHERE id = ? AND state = 'RUNNING' AND decided IS NULL""";
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private final JdbcClient jdbc;

    OperationStore(DataSource dataSource) {
        this.jdbc = JdbcClient.create(dataSource);
    }

    /** Over one connection, which stays its caller's. */
    OperationStore(Connection connection) {
        this(new SingleConnectionDataSource(connection, true));
    }

    /** Adds it, unless one of its kind is unfinished. */
    boolean add(UUID id, String kind, Map<String, String> arguments, String requestedBy, Instant now) {
        return jdbc.sql(INSERT)
                        .params(id, kind, JSON.writeValueAsString(arguments), requestedBy, Timestamp.from(now))
                        .update()
                == 1;
    }

    Optional<Operation> find(UUID id) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM keys.operation WHERE id = ?")
                .param(id)
                .query(OperationStore::operation)
                .optional();
    }

    /** Those not at their end: the one begun first, then in the order in which they were asked for. */
    List<Operation> unfinished() {
        return jdbc.sql(UNFINISHED).query(OperationStore::operation).list();
    }

    List<Operation> newest(int limit) {
        return jdbc.sql(NEWEST).param(limit).query(OperationStore::operation).list();
    }

    /** When the last one of this kind came to this end. */
    Optional<Instant> last(String kind, State state) {
        return jdbc.sql(LAST)
                .params(kind, state.name())
                .query((row, number) -> Optional.ofNullable(row.getTimestamp(1)).map(Timestamp::toInstant))
                .single();
    }

    boolean take(UUID id, Instant now) {
        return jdbc.sql(TAKE).params(Timestamp.from(now), id).update() == 1;
    }

    Optional<String> decided(UUID id) {
        return jdbc.sql(DECIDED).param(id).query(String.class).optional();
    }

    boolean decide(UUID id, String decided) {
        return jdbc.sql(DECIDE).params(decided, id).update() == 1;
    }

    boolean step(UUID id, String name, Instant now) {
        return jdbc.sql(STEP).params(name, Timestamp.from(now), id).update() == 1;
    }

    boolean progress(UUID id, long done, long total) {
        return jdbc.sql(PROGRESS).params(done, total, id).update() == 1;
    }

    void ended(UUID id, State state, @Nullable String error, Instant now) {
        jdbc.sql(ENDED)
                .param(state.name())
                .param(Timestamp.from(now))
                .param(error)
                .param(id)
                .update();
    }

    void error(UUID id, String error) {
        jdbc.sql(ERROR).params(error, id).update();
    }

    private static Operation operation(ResultSet row, int number) throws SQLException {
        return new Operation(
                row.getObject("id", UUID.class),
                row.getString("kind"),
                JSON.readValue(row.getString("arguments"), TEXTS),
                row.getString("requested_by"),
                State.valueOf(row.getString("state")),
                row.getTimestamp("created_at").toInstant(),
                time(row, "started_at"),
                time(row, "finished_at"),
                row.getString("step"),
                time(row, "step_at"),
                row.getLong("done"),
                row.getLong("total"),
                row.getInt("attempts"),
                row.getString("error"));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }
}
