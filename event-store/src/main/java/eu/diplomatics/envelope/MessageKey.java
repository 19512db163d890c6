package eu.diplomatics.envelope;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * Key, base nonce and commitment of one message: HKDF-Expand with SHA-512 over the input key (the JDK's own KDF refuses
 * an input key shorter than the hash, hence {@link Mac}).
 */
final class MessageKey implements AutoCloseable {
    static final int KEY_BYTES = 32;
    static final int NONCE_BYTES = 12;
    static final int SALT_BYTES = 24;
    static final int COMMITMENT_BYTES = 32;

    private static final byte[] LABEL =
            "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0".getBytes(StandardCharsets.US_ASCII);
    private static final int HASH_BYTES = 64;
    private static final ThreadLocal<Hmac> SHA_512 = ThreadLocal.withInitial(() -> {
        try {
            return new Hmac(Mac.getInstance("HmacSHA512"));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    });

    /** Two blocks of the hash: key (32), base nonce (12), commitment (32), and 52 bytes nobody uses. */
    private final byte[] expanded = new byte[2 * HASH_BYTES];

    MessageKey(SecretBytes key, byte[] salt, byte[] context) {
        if (key.sizeBytes() != KEY_BYTES) {
            throw new IllegalArgumentException("a key has " + KEY_BYTES + " bytes, not " + key.sizeBytes());
        }
        Hmac hmac = SHA_512.get();
        Mac mac = hmac.begin(key.reveal());
        try {
            for (int block = 0; block < 2; block++) {
                mac.update(expanded, 0, block * HASH_BYTES);
                mac.update(LABEL);
                mac.update(salt);
                mac.update(context);
                mac.update((byte) (block + 1));
                mac.doFinal(expanded, block * HASH_BYTES);
            }
        } catch (ShortBufferException e) {
            throw new IllegalStateException(e);
        } finally {
            hmac.forget();
        }
    }

    void writeCommitment(byte[] out, int offset) {
        System.arraycopy(expanded, KEY_BYTES + NONCE_BYTES, out, offset, COMMITMENT_BYTES);
    }

    /** Compares in constant time, before anything is decrypted. */
    void check(byte[] sealed, int offset) {
        int start = KEY_BYTES + NONCE_BYTES;
        if (!MessageDigest.isEqual(
                Arrays.copyOfRange(expanded, start, start + COMMITMENT_BYTES),
                Arrays.copyOfRange(sealed, offset, offset + COMMITMENT_BYTES))) {
            throw new EnvelopeException(EnvelopeException.Kind.COMMITMENT);
        }
    }

    SecretKeySpec aesKey() {
        return new SecretKeySpec(expanded, 0, KEY_BYTES, "AES");
    }

    /** The base nonce XORed with the chunk's number. */
    byte[] nonce(long chunk) {
        byte[] nonce = Arrays.copyOfRange(expanded, KEY_BYTES, KEY_BYTES + NONCE_BYTES);
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[NONCE_BYTES - 1 - i] ^= (byte) (chunk >>> (8 * i));
        }
        return nonce;
    }

    @Override
    public void close() {
        Arrays.fill(expanded, (byte) 0);
    }
}
