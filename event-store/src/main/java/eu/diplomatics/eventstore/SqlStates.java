package eu.diplomatics.eventstore;

import java.sql.SQLException;

/** SQLSTATEs of the append functions (V2__append.sql) and of generations and tags (V5, V8), and what PostgreSQL's own mean to the writer. */
final class SqlStates {
    static final String DEPOSED = "DP001";
    static final String HEAD_MOVED = "DP002";
    static final String STALE_GENERATION = "DP003";
    static final String NOT_DURABLE = "DP004";
    static final String STALE_TAGS = "DP009";
    static final String TO_BE_JUDGED = "DP020";
    static final String CANCELLED = "57014";
    static final String UNDEFINED_TABLE = "42P01";

    private static final String UNIQUE_VIOLATION = "23505";

    private SqlStates() {}

    static String of(SQLException e) {
        String state = e.getSQLState();
        return state == null ? "08000" : state;
    }

    /** The session is gone: connection exception, or the server shuts down, has crashed or is starting. */
    static boolean isConnectionLost(String state) {
        return state.startsWith("08") || state.startsWith("57P");
    }

    /** Of {@code append_unit} and {@code append_all}: nothing was done, and {@code append} tells what to make of each unit. */
    static boolean isToBeJudged(String state) {
        return state.equals(TO_BE_JUDGED) || state.equals(UNIQUE_VIOLATION);
    }

    /** Bad data (22), a constraint (23) or a limit of the program (54): the fault of a unit, not of the machine. */
    static boolean isFaultOfUnit(String state) {
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
    }
}
