package eu.diplomatics.query.projection;

/** Why a stream is not answered from the projection. */
enum ParkReason {
    /** A record's value is no event frame. */
    FRAME_MALFORMED,
    /** The leaf does not belong to the header. */
    LEAF_MISMATCH,
    /** The store has the event's header and not its content. */
    CONTENT_LOST,
    /** An event of a type, or a version of a type, that this service does not know. */
    TYPE_UNKNOWN,
    /** A version is missing before this one. */
    VERSION_GAP,
    /** This version came before with another content. */
    VERSION_DIFFERS,
    /** The record's key or the stream's earlier events name another holder. */
    HOLDER_DIFFERS,
    /** The projection's database refused the row. */
    ROW_REFUSED,
    /** The projection's rows are not what the store has. */
    DRIFT,
    /** A row does not open as what it claims to be. */
    SEAL_BROKEN
}
