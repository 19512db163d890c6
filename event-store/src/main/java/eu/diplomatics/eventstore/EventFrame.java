package eu.diplomatics.eventstore;

import eu.diplomatics.eventstore.FrameException.Reason;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * A stored event as the value of a Kafka record, version 1; numbers big-endian.
 *
 * <pre>'D' ‖ frame version (1) ‖ position (8) ‖ recorded-at in microseconds (8) ‖ stream (16) ‖ version (8)
 * ‖ length of type (4) ‖ type ‖ type version (4) ‖ holder (16) ‖ command (16) ‖ commitment (32) ‖ leaf (32)
 * ‖ key generation (4) ‖ length of ciphertext (4) ‖ ciphertext</pre>
 *
 * <p>One event has one encoding, and every frame that decodes encodes to the same bytes. A frame whose leaf does not
 * belong to its header is refused: a slip on the way shows before anything is stored. (It is no signature.)
 */
public final class EventFrame {
    static final int MAX_TYPE_BYTES = 200;
    static final int MAX_CIPHERTEXT_BYTES = 600 * 1024;

    private static final byte MAGIC = 'D';
    private static final byte VERSION = 1;
    private static final int FIXED_BYTES = 2 + 8 + 8 + 16 + 8 + 4 + 4 + 16 + 16 + 32 + 32 + 4 + 4;

    private EventFrame() {}

    /**
     * Encodes an event.
     *
     * @throws IllegalArgumentException when it is none that {@link #decode} would take
     */
    public static byte[] encode(StoredEvent event) {
        EventContext context = event.context();
        byte[] type = context.type().getBytes(StandardCharsets.UTF_8);
        if (type.length == 0
                || type.length > MAX_TYPE_BYTES
                || event.commitment().length != Commitment.BYTES
                || event.leaf().length != Leaf.BYTES
                || event.ciphertext().length > MAX_CIPHERTEXT_BYTES) {
            throw new IllegalArgumentException("no event that a frame can hold");
        }
        ByteBuffer buffer = ByteBuffer.allocate(FIXED_BYTES + type.length + event.ciphertext().length)
                .put(MAGIC)
                .put(VERSION)
                .putLong(event.position())
                .putLong(Leaf.micros(event.recordedAt()));
        ContextEncoding.put(buffer, context, type);
        ContextEncoding.put(buffer, event.holder());
        ContextEncoding.put(buffer, event.command());
        return buffer.put(event.commitment())
                .put(event.leaf())
                .putInt(event.keyGeneration())
                .putInt(event.ciphertext().length)
                .put(event.ciphertext())
                .array();
    }

    /**
     * Decodes a frame.
     *
     * @throws FrameException when it is anything but one whole frame
     */
    public static StoredEvent decode(byte[] frame) {
        ByteBuffer buffer = ByteBuffer.wrap(frame);
        StoredEvent event;
        try {
            if (buffer.get() != MAGIC || buffer.get() != VERSION) {
                throw new FrameException(Reason.VERSION);
            }
            event = new StoredEvent(
                    positive(buffer.getLong()),
                    Instant.EPOCH.plus(buffer.getLong(), ChronoUnit.MICROS),
                    context(buffer),
                    id(buffer),
                    id(buffer),
                    bytes(buffer, Commitment.BYTES),
                    bytes(buffer, Leaf.BYTES),
                    (int) positive(buffer.getInt()),
                    bytes(buffer, length(buffer, MAX_CIPHERTEXT_BYTES)));
        } catch (BufferUnderflowException e) {
            throw new FrameException(Reason.TRUNCATED);
        }
        if (buffer.hasRemaining()) {
            throw new FrameException(Reason.TRAILING_BYTES);
        }
        if (!MessageDigest.isEqual(event.leaf(), Leaf.of(event))) {
            throw new FrameException(Reason.LEAF);
        }
        return event;
    }

    private static EventContext context(ByteBuffer buffer) {
        UUID stream = id(buffer);
        long version = positive(buffer.getLong());
        byte[] type = bytes(buffer, length(buffer, MAX_TYPE_BYTES));
        if (type.length == 0) {
            throw new FrameException(Reason.MALFORMED);
        }
        try {
            String name = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(type))
                    .toString();
            return new EventContext(stream, version, name, (int) positive(buffer.getInt()));
        } catch (CharacterCodingException e) {
            throw new FrameException(Reason.MALFORMED);
        }
    }

    private static UUID id(ByteBuffer buffer) {
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private static int length(ByteBuffer buffer, int max) {
        int length = buffer.getInt();
        if (length < 0 || length > max) {
            throw new FrameException(Reason.MALFORMED);
        }
        return length;
    }

    private static byte[] bytes(ByteBuffer buffer, int length) {
        if (buffer.remaining() < length) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }

    private static long positive(long number) {
        if (number < 1) {
            throw new FrameException(Reason.MALFORMED);
        }
        return number;
    }
}
