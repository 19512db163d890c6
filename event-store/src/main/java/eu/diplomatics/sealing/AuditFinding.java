package eu.diplomatics.sealing;

/**
 * Something an audit found.
 *
 * @param code what, for programs
 * @param position where in the log; 0 where no single position can be named
 * @param text what is there, and what should be
 */
public record AuditFinding(Code code, long position, String text) {
    /** What can be found. */
    public enum Code {
        /** The log ends before what was signed: its tail was cut, or an older copy was put back. */
        LOG_CUT,
        /** A position that was taken is empty: an event was deleted. */
        EVENT_MISSING,
        /** Header and leaf do not belong together: one of them was changed. */
        LEAF_CHANGED,
        /** The leaf is not the one that was signed: the event was replaced, moved or changed together with its leaf. */
        SEALED_LEAF_CHANGED,
        /** A tile is gone, cut short or changed. */
        TILE_CHANGED,
        /** A checkpoint is not one the log signed. */
        CHECKPOINT_FORGED,
        /** A head that was signed has no checkpoint any more. */
        CHECKPOINT_MISSING,
        /** A cosignature is not one of the witness it names. */
        COSIGNATURE_FORGED,
        /** A checkpoint is not remembered at the other provider. */
        MEMORY_MISSING,
        /** What was signed of one size has two roots: there are two logs. */
        FORKED,
        /** A leaf waits longer for its checkpoint than receipts promise. */
        NOT_SEALED
    }

    @Override
    public String toString() {
        return code + (position > 0 ? " position " + position : "") + ": " + text;
    }
}
