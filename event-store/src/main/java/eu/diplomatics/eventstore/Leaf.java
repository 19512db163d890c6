package eu.diplomatics.eventstore;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The leaf an event has in the transparency log, as the database computes it at the append:
 *
 * <pre>SHA-256(0x00 ‖ position (8) ‖ recorded-at in microseconds (8) ‖ stream (16) ‖ version (8)
 *         ‖ length of type (4) ‖ type ‖ type version (4) ‖ commitment (32))</pre>
 */
public final class Leaf {
    public static final int BYTES = 32;

    private static final byte LEAF_PREFIX = 0;

    private Leaf() {}

    /** Computes the leaf anew; compare it with {@link StoredEvent#leaf()}. */
    public static byte[] of(StoredEvent event) {
        return of(event.position(), event.recordedAt(), event.context(), event.commitment());
    }

    public static byte[] of(long position, Instant recordedAt, EventContext context, byte[] commitment) {
        byte[] encoded = ContextEncoding.of(context);
        byte[] input = ByteBuffer.allocate(1 + 2 * Long.BYTES + encoded.length + commitment.length)
                .put(LEAF_PREFIX)
                .putLong(position)
                .putLong(micros(recordedAt))
                .put(encoded)
                .put(commitment)
                .array();
        try {
            return MessageDigest.getInstance("SHA-256").digest(input);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The log knows microseconds; an instant with a finer part was never read from it. */
    static long micros(Instant instant) {
        if (instant.getNano() % 1000 != 0) {
            throw new IllegalArgumentException("recorded-at has whole microseconds");
        }
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
