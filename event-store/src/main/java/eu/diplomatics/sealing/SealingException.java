package eu.diplomatics.sealing;

/**
 * The log is not what was signed: nothing is signed over it until somebody has looked. The message names places in the
 * log and hashes, which are public.
 */
public final class SealingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final String where;

    SealingException(Reason reason, String where) {
        super(where);
        this.reason = reason;
        this.where = where;
    }

    public Reason reason() {
        return reason;
    }

    /** Which place in the log, and what is there. */
    public String where() {
        return where;
    }

    /** What was found. */
    public enum Reason {
        /** The last checkpoint in the database is not one this log signed. */
        CHECKPOINT_FORGED,
        /** A tile is gone, cut short or changed, or the tiles do not give the last checkpoint. */
        TILES_CHANGED,
        /** The log ends before the last position that was signed: its tail was cut, or an older copy was put back. */
        LOG_CUT,
        /** The log is of another incarnation than the last one that was declared. */
        INCARNATION,
        /** A position is missing. */
        LOG_GAP,
        /** A leaf does not belong to its header: one of them was changed. */
        LEAF_CHANGED,
        /** A leaf that was signed is another one now. */
        SEALED_LEAF_CHANGED,
        /** The same size has another root than the one that was signed: there are two logs. */
        FORKED
    }
}
