package eu.diplomatics.eventstore;

import java.time.Instant;
import java.util.UUID;

/**
 * One event as it lies in the log: header in clear, content sealed.
 *
 * @param ciphertext empty when the log has lost it: such an event never opens, and nobody is answered from its stream
 */
public record StoredEvent(
        long position,
        Instant recordedAt,
        EventContext context,
        UUID holder,
        UUID command,
        byte[] commitment,
        byte[] leaf,
        int keyGeneration,
        byte[] ciphertext) {
    static final byte[] LOST = {};

    /** The log has the header and not the content: an alarm, whatever is made of it. */
    public boolean isContentLost() {
        return ciphertext.length == 0;
    }
}
