package eu.diplomatics.qualification;

/** How strictly a registration is held against the taxonomy in force. */
public enum Mode {
    /** Every value and every combination must be in the taxonomy. */
    STRICT,
    /**
     * For records that predate it: values and combinations outside the taxonomy are accepted and flagged as unlisted,
     * an institution's number may be absent, derived data may come with the record and are then kept as supplied.
     */
    LEGACY
}
