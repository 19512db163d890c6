package eu.diplomatics.accesslog;

import eu.diplomatics.keyring.BlindIndexValue;
import java.nio.ByteBuffer;

/**
 * The column {@code subject}: kind (1) ‖ version of the keys (1) ‖ pseudonym (32). A search for a person asks for the
 * pseudonyms of their number (the query-service knows them) and of their holder ids ({@link AccessSeal#subjectsOf}).
 */
public final class Subjects {
    private static final byte NUMBER = 1;
    private static final byte HOLDER = 2;
    private static final byte REFERENCE = 3;

    private Subjects() {}

    /** Someone asked for by national number, whether found or not. */
    public static byte[] ofNumber(BlindIndexValue value) {
        return encode(NUMBER, (byte) value.version(), value.value());
    }

    static byte[] ofHolder(int version, byte[] pseudonym) {
        return encode(HOLDER, (byte) version, pseudonym);
    }

    static byte[] ofReference(int version, byte[] pseudonym) {
        return encode(REFERENCE, (byte) version, pseudonym);
    }

    private static byte[] encode(byte kind, byte version, byte[] pseudonym) {
        return ByteBuffer.allocate(2 + pseudonym.length)
                .put(kind)
                .put(version)
                .put(pseudonym)
                .array();
    }
}
