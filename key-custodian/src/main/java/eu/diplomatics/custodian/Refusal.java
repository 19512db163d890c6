package eu.diplomatics.custodian;

import java.time.Duration;

/** Why a request is not carried out: a stable code and what it means over HTTP. Never carries what the client sent. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    enum Code {
        BODY_INVALID(400, "the body is not the JSON object this verb expects"),
        VALUE_INVALID(400, "a field has a value outside its limits"),
        CLIENT_UNKNOWN(403, "the certificate's name is not configured here"),
        VERB_NOT_ALLOWED(403, "this client may not use this verb"),
        KEY_NOT_ALLOWED(403, "this client may not use this key"),
        LEASE_NEEDED(403, "this client works under a lease of two operators, and none is in force for this"),
        LEASE_USED(409, "the lease was begun by another run, or has ended"),
        CLIENT_STOPPED(403, "the client is stopped after an alarm, until two operators lift that"),
        PATH_UNKNOWN(404, "there is no such path"),
        KEY_UNKNOWN(404, "there is no such key"),
        METHOD_NOT_ALLOWED(405, "this path is used with another method"),
        SIGNATURE_INVALID(403, "a statement is not signed by whom this custodian believes"),
        PENDING_UNKNOWN(404, "nothing of this id is pending"),
        STATEMENT_INVALID(400, "a statement is not as it must be"),
        STATEMENT_STALE(409, "a statement is too old, of the future, or not in force"),
        KEY_STILL_NEEDED(409, "something still stands under the key"),
        ALREADY_PENDING(409, "something else is pending under this id"),
        ALREADY_APPROVED(409, "two operators have approved already"),
        SAME_OPERATOR(409, "the other approval must come from another operator's certificate"),
        KEY_NOT_DESTROYABLE(409, "only keys of past days are destroyed"),
        KEY_DESTROYED(410, "the key was destroyed"),
        BODY_TOO_LARGE(413, "the body is too large"),
        MEDIA_TYPE_UNSUPPORTED(415, "the body must be application/json"),
        UNWRAP_FAILED(422, "does not unwrap: other custodian, other key, other context, or changed"),
        QUOTA_EXCEEDED(429, "the client's quota is used up"),
        TOKEN_UNAVAILABLE(503, "the keys cannot be used now"),
        CLOCK_BEHIND(503, "there is, or was, a key of a later day than this clock shows"),
        AUDIT_UNAVAILABLE(503, "the audit log cannot be written"),
        BUSY(503, "too many requests at once"),
        INTERNAL(500, "something here went wrong");

        private final int status;
        private final String detail;

        Code(int status, String detail) {
            this.status = status;
            this.detail = detail;
        }

        int status() {
            return status;
        }

        String detail() {
            return detail;
        }
    }

    private final Code code;
    private final transient Duration retryAfter;

    Refusal(Code code) {
        this(code, Duration.ZERO);
    }

    Refusal(Code code, Duration retryAfter) {
        super(code.name(), null, false, false);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    Code code() {
        return code;
    }

    /** Zero when waiting does not help or nobody knows. */
    Duration retryAfter() {
        return retryAfter;
    }
}
