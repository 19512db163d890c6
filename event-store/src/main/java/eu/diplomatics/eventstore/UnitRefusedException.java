package eu.diplomatics.eventstore;

/** The database refuses a unit for what it contains; offering it again will not help. Its neighbours are not touched. */
public final class UnitRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String sqlState;

    UnitRefusedException(String reason, String sqlState) {
        super(reason + " (" + sqlState + ")");
        this.sqlState = sqlState;
    }

    public String sqlState() {
        return sqlState;
    }

    /** Sealed under a key generation that is over: seal anew under the current one, then offer again. */
    public boolean isStaleGeneration() {
        return sqlState.equals(SqlStates.STALE_GENERATION);
    }

    /** Sealed or tagged for what is not in force: do that anew, then offer again. Of a failure or what caused it. */
    public static boolean isStale(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnitRefusedException refused) {
                return refused.isStaleGeneration() || refused.sqlState.equals(SqlStates.STALE_TAGS);
            }
        }
        return false;
    }

    /** As {@link #isStaleGeneration()}, of a failure or what caused it. */
    public static boolean isStaleGeneration(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnitRefusedException refused) {
                return refused.isStaleGeneration();
            }
        }
        return false;
    }
}
