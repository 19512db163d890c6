package eu.diplomatics.eventstore;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * A one-dimensional array in PostgreSQL's binary format. The driver would send arrays of UUIDs as text, which costs both
 * sides more than the rest of the call.
 */
final class BinaryArray extends PGobject implements PGBinaryObject {
    private static final long serialVersionUID = 1L;

    static final int BOOL_ARRAY_OID = 1000;
    static final int UUID_ARRAY_OID = 2951;
    private static final int BOOL = 16;
    private static final int BYTEA = 17;
    private static final int INT8 = 20;
    private static final int INT4 = 23;
    private static final int TEXT = 25;
    private static final int UUID = 2950;
    private static final int HEADER_BYTES = 20;
    private static final int NULL_LENGTH = -1;

    private final byte[] bytes;

    private BinaryArray(String elementType, ByteBuffer buffer) {
        setType("_" + elementType);
        bytes = buffer.array();
    }

    static BinaryArray booleans(boolean[] values) {
        ByteBuffer buffer = header(BOOL, values.length, values.length * 5L, false);
        for (boolean value : values) {
            buffer.putInt(1).put((byte) (value ? 1 : 0));
        }
        return new BinaryArray("bool", buffer);
    }

    static BinaryArray ints(List<Integer> values) {
        ByteBuffer buffer = header(INT4, values.size(), values.size() * 8L, false);
        for (int value : values) {
            buffer.putInt(4).putInt(value);
        }
        return new BinaryArray("int4", buffer);
    }

    static BinaryArray longs(List<Long> values) {
        ByteBuffer buffer = header(INT8, values.size(), values.size() * 12L, false);
        for (long value : values) {
            buffer.putInt(8).putLong(value);
        }
        return new BinaryArray("int8", buffer);
    }

    static BinaryArray uuids(List<? extends @Nullable UUID> values) {
        int nulls = 0;
        for (UUID value : values) {
            nulls += value == null ? 1 : 0;
        }
        ByteBuffer buffer = header(UUID, values.size(), values.size() * 20L - nulls * 16L, nulls > 0);
        for (UUID value : values) {
            if (value == null) {
                buffer.putInt(NULL_LENGTH);
            } else {
                buffer.putInt(16).putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
            }
        }
        return new BinaryArray("uuid", buffer);
    }

    static BinaryArray texts(List<String> values) {
        return new BinaryArray(
                "text",
                lengthPrefixed(
                        TEXT,
                        values.stream()
                                .map(value -> value.getBytes(StandardCharsets.UTF_8))
                                .toList()));
    }

    static BinaryArray byteas(List<byte[]> values) {
        return new BinaryArray("bytea", lengthPrefixed(BYTEA, values));
    }

    private static ByteBuffer lengthPrefixed(int elementOid, List<byte[]> values) {
        long total = 0;
        for (byte[] value : values) {
            total += 4 + value.length;
        }
        ByteBuffer buffer = header(elementOid, values.size(), total, false);
        for (byte[] value : values) {
            buffer.putInt(value.length).put(value);
        }
        return buffer;
    }

    private static ByteBuffer header(int elementOid, int size, long payloadBytes, boolean hasNull) {
        if (size == 0) {
            return ByteBuffer.allocate(12).putInt(0).putInt(0).putInt(elementOid);
        }
        return ByteBuffer.allocate(Math.toIntExact(HEADER_BYTES + payloadBytes))
                .putInt(1)
                .putInt(hasNull ? 1 : 0)
                .putInt(elementOid)
                .putInt(size)
                .putInt(1);
    }

    @Override
    public void setByteValue(byte[] value, int offset) {
        throw new UnsupportedOperationException("for sending only");
    }

    @Override
    public int lengthInBytes() {
        return bytes.length;
    }

    @Override
    public void toBytes(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, bytes.length);
    }

    @Override
    public String getValue() {
        throw new IllegalStateException("binary transfer is not enabled for " + getType());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public Object clone() {
        throw new UnsupportedOperationException("for sending only");
    }
}
