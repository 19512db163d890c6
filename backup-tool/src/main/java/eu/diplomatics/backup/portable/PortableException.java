package eu.diplomatics.backup.portable;

/** Why an export or import does not go on. */
public final class PortableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Code code;

    public PortableException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public PortableException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** What kind of reason, each with its own next step. */
    public enum Code {
        /** Two operators have not approved this order, or its time is over. */
        NOT_APPROVED,
        /** What they approved was used by another run. */
        APPROVAL_USED,
        /** What is asked now is not what stands in the folder. */
        OTHER_ORDER,
        /** The export would hold a field above its class, or one that nobody classified. */
        FIELD_ABOVE_CLASS,
        /** No age recipient or identity. */
        RECIPIENT_INVALID,
        /** What is disclosed cannot be written down, so nothing is disclosed. */
        ACCESS_LOG_DOWN,
        /** The log is not as it was signed, or lost content. */
        LOG_DAMAGED,
        /** The bag is not whole, not signed, or somebody changed it. */
        BAG_BROKEN,
        /** Does not open under this identity. */
        NOT_FOR_THIS_IDENTITY,
        /** The registry to import into has events already. */
        NOT_EMPTY,
        /** An export since a position that does not begin where the registry ends. */
        NOT_NEXT,
        /** What came in is not what the bag says it is. */
        DIFFERS,
        /** Nothing of that kind can be filed about this export. */
        NOT_THAT_EXPORT
    }
}
