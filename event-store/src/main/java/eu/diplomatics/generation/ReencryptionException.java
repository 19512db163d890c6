package eu.diplomatics.generation;

/** A re-encryption cannot go on. What was there before is as it was; what was copied is kept. */
public final class ReencryptionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final long position;

    ReencryptionException(Reason reason, long position, Throwable cause) {
        super(reason + " at position " + position, cause);
        this.reason = reason;
        this.position = position;
    }

    ReencryptionException(Reason reason, long position) {
        super(reason + " at position " + position);
        this.reason = reason;
        this.position = position;
    }

    public Reason reason() {
        return reason;
    }

    /** The position it is about; where many are, the first. */
    public long position() {
        return position;
    }

    /** Why. */
    public enum Reason {
        /** The ciphertext does not open as what its header says, or the header has been changed. */
        SEAL_BROKEN,
        /** The log has the header and not the ciphertext. */
        CONTENT_LOST,
        /** The key is not there, and nothing says that it was shredded. */
        KEY_MISSING,
        /** A position is missing in the log. */
        GAP,
        /** Another run has copied what this one was about to: only one may run. */
        ANOTHER_RUN,
        /** The generation before the current one is not gone yet: it is still read. */
        GENERATION_BEFORE
    }
}
