package eu.diplomatics.eventstore;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** An event's context as bytes: no two contexts encode alike, and none is the beginning of another. */
final class ContextEncoding {
    private static final byte[] PURPOSE = "event".getBytes(StandardCharsets.US_ASCII);
    private static final int FIXED_BYTES = 2 * Long.BYTES + Long.BYTES + Integer.BYTES + Integer.BYTES;

    private ContextEncoding() {}

    /** stream (16) ‖ version (8) ‖ length of type (4) ‖ type ‖ type version (4); numbers big-endian. */
    static byte[] of(EventContext context) {
        byte[] type = context.type().getBytes(StandardCharsets.UTF_8);
        return put(ByteBuffer.allocate(FIXED_BYTES + type.length), context, type)
                .array();
    }

    /** What the ciphertext is bound to: length of purpose (4) ‖ "event" ‖ context ‖ key generation (4). */
    static byte[] forEnvelope(EventContext context, int keyGeneration) {
        byte[] type = context.type().getBytes(StandardCharsets.UTF_8);
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES + PURPOSE.length + FIXED_BYTES + type.length + 4);
        buffer.putInt(PURPOSE.length).put(PURPOSE);
        return put(buffer, context, type).putInt(keyGeneration).array();
    }

    static ByteBuffer put(ByteBuffer buffer, UUID id) {
        return buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    static ByteBuffer put(ByteBuffer buffer, EventContext context, byte[] type) {
        return put(buffer, context.stream())
                .putLong(context.version())
                .putInt(type.length)
                .put(type)
                .putInt(context.typeVersion());
    }
}
