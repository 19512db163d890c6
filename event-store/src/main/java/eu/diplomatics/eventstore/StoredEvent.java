package eu.diplomatics.eventstore;

import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;

/**
 * One event as it lies in the log: header in clear, content sealed.
 *
 * @param ciphertext empty when the log has lost it: such an event never opens, and nobody is answered from its stream; a
 *     mark of one byte, {@link #leftOut()}, where its key was gone when the key generation began
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
    private static final byte[] LEFT_OUT = {0};

    /** The log has the header and not the content: an alarm, whatever is made of it. */
    public boolean isContentLost() {
        return ciphertext.length == 0;
    }

    /** What stands in place of a ciphertext that could not be taken along: its stream's key was shredded before. */
    public static byte[] leftOut() {
        return LEFT_OUT.clone();
    }

    /** Whether the content was left out of this key generation because its key had been shredded. Not an alarm. */
    public boolean isLeftOut() {
        return Arrays.equals(ciphertext, LEFT_OUT);
    }
}
