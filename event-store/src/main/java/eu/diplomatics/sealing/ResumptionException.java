package eu.diplomatics.sealing;

/** The log does not go on in a new incarnation; nothing was changed. The message names places in the log. */
public final class ResumptionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    ResumptionException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** Why not. */
    public enum Reason {
        /** The log is the one that was signed, all of it. */
        NOTHING_LOST,
        /** In the middle of the log an event is missing or was changed: that is mended from a copy, not given up. */
        LOG_CHANGED,
        /** A checkpoint that was shown is not one this log signed, or contradicts one that is remembered. */
        CHECKPOINT_REFUSED,
        /** More positions than anybody can have lost: a slip in the highest known one. */
        TOO_MUCH,
        /** There is no such proposal, or it was replaced. */
        UNKNOWN,
        /** What was sent is not the declaration that was proposed, cosigned by every witness. */
        STATEMENT_REFUSED,
        /** Who proposed it cannot confirm it. */
        SAME_PERSON
    }
}
