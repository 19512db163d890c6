package eu.diplomatics.envelope;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Key material in memory. It never prints itself; every place that reads the bytes calls {@link #reveal()}, so that
 * those places can be searched for. Closing overwrites the bytes.
 */
public final class SecretBytes implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] bytes;
    private boolean closed;

    private SecretBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A secret of {@code sizeBytes} random bytes. */
    public static SecretBytes random(int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        RANDOM.nextBytes(bytes);
        return new SecretBytes(bytes);
    }

    /** A secret holding a copy of {@code bytes}; the caller clears its own array. */
    public static SecretBytes copyOf(byte[] bytes) {
        return new SecretBytes(bytes.clone());
    }

    public int sizeBytes() {
        return bytes.length;
    }

    /**
     * The bytes themselves, not a copy: never keep, change or print them.
     *
     * @throws IllegalStateException when the secret is closed
     */
    public synchronized byte[] reveal() {
        if (closed) {
            throw new IllegalStateException("secret is closed");
        }
        return bytes;
    }

    @Override
    public synchronized void close() {
        closed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "SecretBytes[" + bytes.length + " bytes, redacted]";
    }
}
