package eu.diplomatics.qualification;

/** Stable codes of everything the domain refuses. A code never changes its name or meaning; see docs/error-codes.md. */
public enum RejectionCode {
    MALFORMED(Kind.UNREADABLE),
    UNKNOWN_FIELD(Kind.UNREADABLE),
    DUPLICATE_KEY(Kind.UNREADABLE),
    NOT_YOUR_INSTITUTION(Kind.FORBIDDEN),
    SUPPLIER_WITHDRAWN(Kind.FORBIDDEN),
    UNKNOWN_REFERENCE(Kind.UNKNOWN),
    UNKNOWN_HOLDER(Kind.UNKNOWN),
    REFERENCE_CONFLICT(Kind.CONFLICT),
    HOLDER_ERASED(Kind.CONFLICT),
    RECORD_SHREDDED(Kind.CONFLICT),
    LINK_CONFLICT(Kind.CONFLICT),
    WRONG_STATE(Kind.CONFLICT),
    VALUE_IN_USE(Kind.CONFLICT),
    INSZ_CHECKSUM(Kind.INVALID),
    INSZ_TEST_NOT_ALLOWED(Kind.INVALID),
    GO_LIVE_BLOCKED(Kind.INVALID),
    DATE_IN_FUTURE(Kind.INVALID),
    VALUE_NOT_IN_TAXONOMY(Kind.INVALID),
    VALUE_CLOSED(Kind.INVALID),
    COMBINATION_NOT_ALLOWED(Kind.INVALID),
    ILLEGAL_CHARACTER(Kind.INVALID),
    FIELD_REQUIRED(Kind.INVALID),
    RECORD_TOO_LARGE(Kind.INVALID),
    FIELD_ABOVE_CLASS(Kind.INVALID);

    /** What sort of problem a code names; a service maps it to a status. */
    public enum Kind {
        /** The input cannot be read as what it should be. */
        UNREADABLE,
        /** The caller may not do this. */
        FORBIDDEN,
        /** What is asked for does not exist. */
        UNKNOWN,
        /** What is asked for contradicts what is recorded. */
        CONFLICT,
        /** The input can be read, its content breaks a rule. */
        INVALID
    }

    private final Kind kind;

    RejectionCode(Kind kind) {
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
