package eu.diplomatics.eventstore;

/** Bytes that are no event frame of a version known here; nothing of them was used. */
public final class FrameException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    FrameException(Reason reason) {
        super("no event frame: " + reason);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** What was wrong. */
    public enum Reason {
        /** Another first byte, or a version that is not known here. */
        VERSION,
        /** Shorter than it says. */
        TRUNCATED,
        /** Longer than it says. */
        TRAILING_BYTES,
        /** A length or number out of bounds, or a type that is no UTF-8. */
        MALFORMED,
        /** The leaf does not belong to the header. */
        LEAF
    }
}
