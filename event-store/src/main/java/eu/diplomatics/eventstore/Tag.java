package eu.diplomatics.eventstore;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;

/**
 * A keyed digest of a natural key (HMAC-SHA256 under the reference key, 32 bytes); compared by content. Or a stream
 * itself ({@link #stream}, 16 bytes): every event carries the one of its stream without naming it.
 */
public record Tag(byte[] value) {
    static final int DIGEST_BYTES = 32;
    static final int STREAM_BYTES = 16;

    /** What all events of a stream carry; for conditions and criteria, never among an event's own tags. */
    public static Tag stream(UUID stream) {
        return new Tag(ByteBuffer.allocate(STREAM_BYTES)
                .putLong(stream.getMostSignificantBits())
                .putLong(stream.getLeastSignificantBits())
                .array());
    }

    boolean isStream() {
        return value.length == STREAM_BYTES;
    }

    UUID asStream() {
        ByteBuffer bytes = ByteBuffer.wrap(value);
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tag(byte[] otherValue) && Arrays.equals(value, otherValue);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(value, 0, Math.min(4, value.length)) + "…";
    }
}
