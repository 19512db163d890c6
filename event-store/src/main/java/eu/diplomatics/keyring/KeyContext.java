package eu.diplomatics.keyring;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Canonical bytes: each field with its length (int32) before it, so that no two field lists encode alike. */
final class KeyContext {
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(96);
    private final DataOutputStream out = new DataOutputStream(buffer);

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
        return buffer.toByteArray();
    }

    private KeyContext id(UUID id) {
        try {
            out.writeInt(16);
            out.writeLong(id.getMostSignificantBits());
            out.writeLong(id.getLeastSignificantBits());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private KeyContext number(int value) {
        try {
            out.writeInt(4);
            out.writeInt(value);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private KeyContext field(byte[] value) {
        try {
            out.writeInt(value.length);
            out.write(value);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
