package eu.diplomatics.custodian;

import org.jspecify.annotations.Nullable;

/** The token cannot do what was asked. */
final class TokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    enum Reason {
        /** No key with this label, or one of another kind. */
        UNKNOWN_KEY,
        /** Does not unwrap: other key, other context, or changed. */
        MISMATCH,
        /** No token at this place. */
        MISSING,
        WRONG_PASSWORD,
        /** Locked by wrong PINs, or one away from it. */
        LOCKED,
        CORRUPT,
        /** A key that every custodian has from the start is not there. */
        INCOMPLETE,
        /** Another process has it open. */
        IN_USE,
        /** Gone or changed while in use, or it cannot be written. */
        UNAVAILABLE,
        /** No answer in time; what was asked may still be done. */
        SLOW,
        /** As many calls as may hang do, so that none was begun. */
        HANGING
    }

    private final Reason reason;

    TokenException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    TokenException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
