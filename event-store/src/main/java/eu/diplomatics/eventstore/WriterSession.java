package eu.diplomatics.eventstore;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** One connection of the writer's role: it can do no more than call the append functions. */
final class WriterSession implements AutoCloseable {
    private static final String CLAIM = "SELECT new_epoch, head_position FROM eventstore.claim_writer()";
    private static final String RESUME = "SELECT eventstore.resume_writer(?)";
    private static final String HOLDS = "SELECT eventstore.holds_epoch(?)";
    private static final String APPEND = "SELECT * FROM eventstore.append(" + "?, ".repeat(28) + "?)";

    private static final String APPEND_UNIT =
            "SELECT recorded_micros, leaves FROM eventstore.append_unit(" + "?, ".repeat(14) + "?)";

    private static final String APPEND_ALL =
            "SELECT recorded_micros, leaves FROM eventstore.append_all(" + "?, ".repeat(17) + "?)";
    private static final String HOLD = "SELECT eventstore.hold_for_incarnation(?)";
    private static final String BEGIN = "SELECT eventstore.begin_incarnation(?, ?, ?, ?, ?, ?)";

    private static final int LEAF_BYTES = 32;
    private static final short APPENDED = 0;
    private static final short KNOWN = 3;

    private final Connection connection;
    private final PreparedStatement append;
    private final PreparedStatement appendUnit;
    private final PreparedStatement appendAll;

    WriterSession(PGSimpleDataSource source) throws SQLException {
        connection = source.getConnection();
        append = connection.prepareStatement(APPEND);
        appendUnit = connection.prepareStatement(APPEND_UNIT);
        appendAll = connection.prepareStatement(APPEND_ALL);
    }

    /** What the log's writer needs of its connections: durable commits, binary arrays, an end to silence. */
    static PGSimpleDataSource source(String url, String username, String password) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser(username);
        source.setPassword(password);
        source.setApplicationName("diplomatics-writer");
        source.setOptions("-c synchronous_commit=on");
        source.setBinaryTransferEnable(BinaryArray.UUID_ARRAY_OID + "," + BinaryArray.BOOL_ARRAY_OID);
        source.setPrepareThreshold(1);
        source.setTcpKeepAlive(true);
        source.setConnectTimeout(5);
        source.setSocketTimeout(60);
        return source;
    }

    record Claim(long epoch, long head) {}

    Claim claim() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(CLAIM)) {
            row.next();
            return new Claim(row.getLong(1), row.getLong(2));
        }
    }

    long resume(long epoch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RESUME)) {
            statement.setLong(1, epoch);
            return number(statement);
        }
    }

    /** From here on nothing is durable before {@link #commit}; closing takes it all back. */
    void beginTransaction() throws SQLException {
        connection.setAutoCommit(false);
    }

    void commit() throws SQLException {
        connection.commit();
    }

    /** The last position there is; nobody else appends until the transaction ends. */
    long holdForIncarnation(long epoch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HOLD)) {
            statement.setLong(1, epoch);
            return number(statement);
        }
    }

    /** The first position of the incarnation. */
    long beginIncarnation(long epoch, int lock, LogContinuation.Wanted wanted) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(BEGIN)) {
            statement.setInt(1, lock);
            statement.setString(2, wanted.log());
            statement.setLong(3, epoch);
            statement.setInt(4, wanted.incarnation());
            statement.setLong(5, wanted.kept());
            statement.setString(6, wanted.statement());
            return number(statement);
        }
    }

    private static long number(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Whether nobody has claimed the log since; takes no lock. */
    boolean holds(long epoch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HOLDS)) {
            statement.setLong(1, epoch);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** One transaction. Places of known commands come as they were recorded, which may be in an attempt before. */
    List<Verdict> append(long epoch, long head, AppendBatch batch) throws SQLException {
        if (batch.isUnconditional()) {
            try {
                return batch.isPlain()
                        ? unjudged(appendUnit, epoch, head, batch, batch.plainParameters())
                        : unjudged(appendAll, epoch, head, batch, batch.unconditionalParameters());
            } catch (SQLException e) {
                if (!SqlStates.isToBeJudged(SqlStates.of(e))) {
                    throw e;
                }
            }
        }
        AppendBatch whole = batch.whole();
        bind(append, epoch, head, whole.parameters());
        try (ResultSet row = append.executeQuery()) {
            row.next();
            return verdicts(head, whole, row);
        }
    }

    /** All or nothing: what is offered stands behind the head in its order. */
    private static List<Verdict> unjudged(
            PreparedStatement statement, long epoch, long head, AppendBatch batch, Object[] parameters)
            throws SQLException {
        bind(statement, epoch, head, parameters);
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            Instant recordedAt = instant(row.getLong("recorded_micros"));
            byte[] leaves = row.getBytes("leaves");
            List<List<EventPlace>> places = new ArrayList<>(batch.units.size());
            batch.units.forEach(unit -> places.add(new ArrayList<>(unit.events().size())));
            for (int i = 0; i < batch.events().size(); i++) {
                EventContext context = batch.events().get(i).context();
                places.get(batch.unitOf(i))
                        .add(new EventPlace(
                                context.stream(), context.version(), head + i + 1, recordedAt, leaf(leaves, i)));
            }
            return places.stream()
                    .map(ofUnit -> new Verdict(Verdict.Kind.APPENDED, List.copyOf(ofUnit)))
                    .toList();
        }
    }

    private static void bind(PreparedStatement statement, long epoch, long head, Object[] parameters)
            throws SQLException {
        statement.setLong(1, epoch);
        statement.setLong(2, head);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 3, parameters[i]);
        }
    }

    /** What the database answered for a unit. */
    record Verdict(Kind kind, List<EventPlace> places) {
        enum Kind {
            APPENDED,
            KNOWN,
            CLASHED
        }
    }

    private static List<Verdict> verdicts(long head, AppendBatch batch, ResultSet row) throws SQLException {
        Instant recordedAt = instant(row.getLong("recorded_micros"));
        Object @Nullable [] statuses = array(row.getArray("unit_statuses"));
        Object @Nullable [] positions = array(row.getArray("event_positions"));
        byte[] leaves = row.getBytes("leaves");
        Map<UUID, List<EventPlace>> known = statuses == null ? Map.of() : known(row);
        List<Verdict> verdicts = new ArrayList<>(batch.units.size());
        int event = 0;
        for (int u = 0; u < batch.units.size(); u++) {
            AppendUnit unit = batch.units.get(u);
            short status = statuses == null ? APPENDED : ((Number) statuses[u]).shortValue();
            List<EventPlace> places = new ArrayList<>(unit.events().size());
            for (SealedEvent sealed : unit.events()) {
                long position = positions == null ? head + event + 1 : ((Number) positions[event]).longValue();
                if (position > 0) {
                    EventContext context = sealed.context();
                    places.add(
                            new EventPlace(context.stream(), context.version(), position, recordedAt, leaf(leaves, (int)
                                    (position - head - 1))));
                }
                event++;
            }
            verdicts.add(
                    switch (status) {
                        case APPENDED -> new Verdict(Verdict.Kind.APPENDED, List.copyOf(places));
                        case KNOWN -> new Verdict(Verdict.Kind.KNOWN, known.getOrDefault(unit.command(), List.of()));
                        default -> new Verdict(Verdict.Kind.CLASHED, List.of());
                    });
        }
        return verdicts;
    }

    private static Map<UUID, List<EventPlace>> known(ResultSet row) throws SQLException {
        Object @Nullable [] commands = array(row.getArray("known_commands"));
        Object @Nullable [] streams = array(row.getArray("known_streams"));
        Object @Nullable [] versions = array(row.getArray("known_versions"));
        Object @Nullable [] positions = array(row.getArray("known_positions"));
        Object @Nullable [] micros = array(row.getArray("known_micros"));
        if (commands == null || streams == null || versions == null || positions == null || micros == null) {
            return Map.of();
        }
        byte[] leaves = row.getBytes("known_leaves");
        Map<UUID, List<EventPlace>> known = new HashMap<>();
        for (int i = 0; i < commands.length; i++) {
            known.computeIfAbsent((UUID) commands[i], any -> new ArrayList<>())
                    .add(new EventPlace(
                            (UUID) streams[i],
                            (Long) versions[i],
                            (Long) positions[i],
                            instant((Long) micros[i]),
                            leaf(leaves, i)));
        }
        return known;
    }

    private static Object @Nullable [] array(@Nullable Array array) throws SQLException {
        return array == null ? null : (Object[]) array.getArray();
    }

    private static byte[] leaf(byte[] leaves, int index) {
        return Arrays.copyOfRange(leaves, index * LEAF_BYTES, (index + 1) * LEAF_BYTES);
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    boolean isOpen() {
        try {
            return !connection.isClosed();
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // it is going anyway
        }
    }
}
