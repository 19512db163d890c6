package eu.diplomatics.timestamp;

/** A time stamp that is not taken. The message names no secret and no person. */
public final class TimeStampException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    TimeStampException(Reason reason, String detail) {
        super(reason + ": " + detail);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** What is wrong with it. */
    public enum Reason {
        /** No time-stamp token. */
        UNREADABLE,
        /** The authority answered, and refused. */
        NOT_GRANTED,
        /** A stamp over something else. */
        OTHER_CONTENT,
        /** The signature does not verify: the stamp was changed, or another key signed it. */
        SIGNATURE_INVALID,
        /** The token's certificate was not issued under a certificate that is trusted here. */
        CERTIFICATE_UNKNOWN,
        /** The certificate was not yet or no longer valid at the time that the stamp states. */
        CERTIFICATE_EXPIRED,
        /** The certificate is not one for time stamps. */
        CERTIFICATE_PURPOSE
    }
}
