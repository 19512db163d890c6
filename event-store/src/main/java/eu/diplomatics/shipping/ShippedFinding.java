package eu.diplomatics.shipping;

/**
 * Something that is wrong with the controller's copy.
 *
 * @param code what, for programs
 * @param position where in the log, the first where it is about several; 0 where none can be named
 * @param text what is there, and what should be
 */
public record ShippedFinding(Code code, long position, String text) {
    /** What can be found. They never change. */
    public enum Code {
        /** A row is not what its leaf was made of: time, row or contents were changed, and the leaf was not. */
        ROW_CHANGED,
        /** Among these rows one is not what was signed: it was changed with its leaf, replaced, moved or put between. */
        ROWS_CHANGED,
        /** Rows are gone. */
        ROWS_MISSING,
        /** A position, or a row behind the last checkpoint, is there twice. */
        ROW_DOUBLED,
        /** A row stands behind one of a higher position. */
        OUT_OF_ORDER,
        /** A row has no contents, and one before it has: not what a period that ended leaves. */
        CONTENTS_MISSING,
        /** A checkpoint is not one the log signed. */
        CHECKPOINT_FORGED,
        /** The frontier beside a checkpoint does not give its root. */
        FRONTIER_CHANGED,
        /** A cosignature is not one of the witnesses. */
        COSIGNATURE_FORGED,
        /** Of one size two roots were signed: there are two logs. */
        FORKED,
        /** The witness saw a longer log than is here. Some seconds after it did that is so; later rows are missing. */
        COPY_BEHIND,
        /** A row waits longer for a checkpoint than it may. */
        NOT_SEALED,
        /** A line of a file is not what was written. */
        UNREADABLE
    }

    @Override
    public String toString() {
        return code + (position > 0 ? " position " + position : "") + ": " + text;
    }
}
