package eu.diplomatics.query.shipping;

import java.time.Duration;

/**
 * How far shipping is.
 *
 * @param shipped the last position that the controller said it has
 * @param waiting how many rows it has not
 * @param age of the oldest of them
 * @param trouble what was met last
 */
record ShippingState(long shipped, long waiting, Duration age, Delay delay, Trouble trouble) {
    /** How bad the delay is. */
    enum Delay {
        NONE,
        /** An alarm. */
        LATE,
        /** The service says that it is not ready. */
        TOO_LATE
    }

    /** What keeps rows from being shipped. */
    enum Trouble {
        NONE,
        /** One of the two databases does not answer. */
        UNREACHABLE,
        CONTRADICTED,
        LOG_CUT,
        LOG_GAP,
        /** A fault of this program. */
        FAILED
    }
}
