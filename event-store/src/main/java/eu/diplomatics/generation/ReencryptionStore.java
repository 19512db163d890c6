package eu.diplomatics.generation;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.generation.ReencryptionException.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** The functions of the database that make, switch and drop generations, and its table of how far that is. */
final class ReencryptionStore {
    private static final String BEGIN = "SELECT eventstore.begin_reencryption()";
    private static final String GENERATION_OF = "SELECT eventstore.reencryption_of(?)";
    private static final String PROGRESS = "SELECT position FROM eventstore.reencryption WHERE generation = ?";
    private static final String CURRENT =
            "SELECT EXISTS (SELECT FROM eventstore.key_generation WHERE current AND generation = ?)";
    private static final String ADVANCE = "SELECT eventstore.advance_reencryption(?, ?, ?, ?)";
    private static final String HOLD = "SELECT eventstore.hold_appends()";
    private static final String SWITCH = "SELECT eventstore.switch_generation(?)";
    private static final String READERS = "SELECT eventstore.generation_readers(?)";
    private static final String DROP = "SELECT eventstore.drop_generation(?)";
    private static final String COPY =
            "COPY eventstore.ciphertext_%d (position, ciphertext) FROM STDIN (FORMAT binary)";
    private static final String MADE_AT = """
            SELECT 1, (SELECT recorded_at FROM eventstore.event ORDER BY position LIMIT 1) AS made_at
            WHERE EXISTS (SELECT FROM eventstore.event)
            UNION ALL
            SELECT generation, begun_at FROM eventstore.reencryption WHERE switched_at IS NOT NULL
            """;
    private static final String STATE = """
            SELECT r.generation, r.position, r.left_out, r.begun_at, r.switched_at, r.dropped_at, h.position
            FROM eventstore.head h LEFT JOIN LATERAL (
                SELECT * FROM eventstore.reencryption ORDER BY generation DESC LIMIT 1) AS r ON true
            """;
    /** So short that a crash here never keeps others from appending for long. */
    private static final String LIMITS =
            "SET LOCAL lock_timeout = '3s'; SET LOCAL idle_in_transaction_session_timeout = '20s'";

    private static final String MOVED_ON = "DP005";
    private static final String LOG_AHEAD = "DP006";
    private static final String IN_USE = "DP007";
    private static final String NOT_GONE = "DP008";
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final DataSource rekeyer;

    ReencryptionStore(DataSource rekeyer) {
        this.rekeyer = rekeyer;
    }

    record Progress(long position) {}

    int begin() throws SQLException {
        try (Connection connection = rekeyer.getConnection();
                PreparedStatement statement = connection.prepareStatement(BEGIN);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    /** The generation that the operation has made, goes on with, or begins here. */
    int generationOf(UUID operation) throws SQLException {
        try (Connection connection = rekeyer.getConnection();
                PreparedStatement statement = connection.prepareStatement(GENERATION_OF)) {
            statement.setObject(1, operation);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    Progress progress(int generation) throws SQLException {
        return new Progress(number(PROGRESS, generation));
    }

    boolean isCurrent(int generation) throws SQLException {
        try (Connection connection = rekeyer.getConnection();
                PreparedStatement statement = connection.prepareStatement(CURRENT)) {
            statement.setInt(1, generation);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    long readersOf(int generation) throws SQLException {
        return number(READERS, generation);
    }

    private long number(String sql, int generation) throws SQLException {
        try (Connection connection = rekeyer.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, generation);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("generation " + generation + " was never begun");
                }
                return row.getLong(1);
            }
        }
    }

    void drop(int generation) throws SQLException {
        try (Connection connection = rekeyer.getConnection();
                PreparedStatement statement = connection.prepareStatement(DROP)) {
            statement.setInt(1, generation);
            statement.execute();
        }
    }

    ReencryptionState state() throws SQLException {
        try (Connection connection = rekeyer.getConnection();
                PreparedStatement statement = connection.prepareStatement(STATE);
                ResultSet row = statement.executeQuery()) {
            row.next();
            int generation = row.getInt(1);
            return new ReencryptionState(
                    generation == 0 ? 1 : generation,
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(7),
                    instant(row, 4),
                    instant(row, 5),
                    instant(row, 6));
        }
    }

    SortedMap<Integer, Instant> madeAt() throws SQLException {
        try (Connection connection = rekeyer.getConnection();
                PreparedStatement statement = connection.prepareStatement(MADE_AT);
                ResultSet row = statement.executeQuery()) {
            SortedMap<Integer, Instant> made = new TreeMap<>();
            while (row.next()) {
                made.put(row.getInt(1), row.getObject(2, OffsetDateTime.class).toInstant());
            }
            return made;
        }
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    Session session() throws SQLException {
        return new Session(rekeyer.getConnection(), LIMITS);
    }

    /**
     * For a page that is copied. Its commit waits for no disk: what a crash of the server takes, with how far it went, is
     * copied again, and the switch, which waits, makes all that came before it durable.
     */
    Session pageSession() throws SQLException {
        return new Session(rekeyer.getConnection(), LIMITS + "; SET LOCAL synchronous_commit = off");
    }

    /** One transaction; closing it without a commit leaves nothing behind. */
    static final class Session implements AutoCloseable {
        private final Connection connection;

        private Session(Connection connection, String settings) throws SQLException {
            this.connection = connection;
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(settings);
            }
        }

        void copy(int generation, Page page) throws SQLException {
            page.rows().send(connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY.formatted(generation)));
        }

        void advance(int generation, Page page) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(ADVANCE)) {
                statement.setInt(1, generation);
                statement.setLong(2, page.after());
                statement.setLong(3, page.last());
                statement.setLong(4, page.leftOut());
                statement.execute();
            }
        }

        long holdAppends() throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(HOLD);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }

        void switchTo(int generation) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(SWITCH)) {
                statement.setInt(1, generation);
                statement.execute();
            }
        }

        void commit() throws SQLException {
            connection.commit();
        }

        @Override
        public void close() throws SQLException {
            try (connection) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    static boolean isLockTimeout(SQLException e) {
        return LOCK_NOT_AVAILABLE.equals(e.getSQLState());
    }

    static boolean isInUse(SQLException e) {
        return IN_USE.equals(e.getSQLState());
    }

    static RuntimeException failure(SQLException e, long position) {
        String state = e.getSQLState() == null ? "08000" : e.getSQLState();
        return switch (state) {
            case MOVED_ON, LOG_AHEAD, UNIQUE_VIOLATION -> new ReencryptionException(Reason.ANOTHER_RUN, position, e);
            case NOT_GONE -> new ReencryptionException(Reason.GENERATION_BEFORE, position, e);
            default -> new LogUnavailableException("the log cannot be sealed anew now (" + state + ")", false, e);
        };
    }
}
