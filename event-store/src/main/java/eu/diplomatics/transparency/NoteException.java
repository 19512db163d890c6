package eu.diplomatics.transparency;

/** A note, checkpoint or key that is not taken; nothing of it was used. */
public final class NoteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    NoteException(Reason reason) {
        super(reason.toString());
        this.reason = reason;
    }

    NoteException(Reason reason, String detail) {
        super(reason + ": " + detail);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** What was wrong. */
    public enum Reason {
        /** A verifier key that is not {@code name+id+base64}, whose id does not belong to it, or that is no point. */
        VERIFIER_KEY,
        /** A signature type that is not known here. */
        SIGNATURE_TYPE,
        /** Larger than {@link SignedNote#MAX_BYTES}, or with more than {@link SignedNote#MAX_SIGNATURES} signatures. */
        TOO_LARGE,
        /** Not UTF-8, or with control characters other than the end of a line. */
        CHARACTERS,
        /** No text that ends with a line, an empty line, and signatures behind it. */
        NOTE_FORMAT,
        /** A line among the signatures that is none. */
        SIGNATURE_LINE,
        /** A signature under a key that is known does not verify: text, signature or time was changed. */
        SIGNATURE_INVALID,
        /** The log's signature is not there. */
        LOG_SIGNATURE_MISSING,
        /** Fewer witnesses than are asked for have signed. */
        WITNESSES_MISSING,
        /** The note's text is no checkpoint: fewer than three lines, or one that is not in its one form. */
        CHECKPOINT_FORMAT,
        /** A checkpoint of another log. */
        ORIGIN
    }
}
