package eu.diplomatics.keyring;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** Canonical bytes: each field with its length (int32) before it, so that no two field lists encode alike. */
final class KeyContext {
    private static final int BYTES = 128;

    private ByteBuffer buffer = ByteBuffer.allocate(BYTES);

    private KeyContext() {}

    static KeyContext of(String purpose) {
        return new KeyContext().text(purpose);
    }

    /** What a wrapped KEK is bound to at the custodian. */
    static byte[] kek(UUID kek) {
        return of("diplomatics kek v1").id(kek).bytes();
    }

    /** What a wrapped data key is bound to under the KEK. */
    static byte[] dataKey(UUID id, KeyRegime regime, int generation, UUID kek) {
        return of("diplomatics dek v1")
                .id(id)
                .text(regime.name())
                .number(generation)
                .id(kek)
                .bytes();
    }

    /** What a named secret is bound to under the KEK. */
    static byte[] secret(String name, UUID kek) {
        return of("diplomatics secret v1").text(name).id(kek).bytes();
    }

    KeyContext text(String value) {
        return field(value.getBytes(StandardCharsets.UTF_8));
    }

    byte[] bytes() {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private KeyContext id(UUID id) {
        field(2 * Long.BYTES).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return this;
    }

    private KeyContext number(int value) {
        field(Integer.BYTES).putInt(value);
        return this;
    }

    private KeyContext field(byte[] value) {
        field(value.length).put(value);
        return this;
    }

    /** Writes the length; there is room for as much behind it. */
    private ByteBuffer field(int length) {
        int needed = Integer.BYTES + length;
        if (buffer.remaining() < needed) {
            buffer = ByteBuffer.allocate(2 * buffer.capacity() + needed).put(buffer.flip());
        }
        return buffer.putInt(length);
    }
}
