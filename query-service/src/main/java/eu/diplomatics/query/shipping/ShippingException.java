package eu.diplomatics.query.shipping;

/** Rows cannot be shipped, and not because a database is away: nothing goes on before somebody looks. */
final class ShippingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** What keeps rows from being shipped. */
    enum Reason {
        /** The controller has rows or trees that differ from ours: the log was put back to an older copy and grew again. */
        CONTRADICTED,
        /** The log ends before what the controller has: its tail was cut, or an older copy was put back. */
        LOG_CUT,
        /** A position of the log is empty. */
        LOG_GAP
    }

    ShippingException(Reason reason, String where) {
        super(where);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
