package eu.diplomatics.envelope;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;

/**
 * {@link Cobblestone} for many messages in a row, by one thread: what belongs to the last message stays in memory until the
 * next one takes its place, or until the session is closed, which overwrites it. Each message's key is derived anew, also
 * where key and salt are those of the message before. Not thread-safe.
 */
public final class CobblestoneSession implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] NONE = {};
    private static final int SALTS_AT_ONCE = 64;

    private final MessageKey messageKey = new MessageKey();
    private final ChunkCipher cipher = new ChunkCipher();
    /** Not secret, only never used twice. */
    private byte[] salts = NONE;

    private int nextSalt;

    /** As {@link Cobblestone#seal}. */
    public byte[] seal(SecretBytes key, byte[] context, byte[] plaintext) {
        byte[] sealed = new byte[Math.toIntExact(Cobblestone.sealedLength(plaintext.length))];
        seal(key, context, plaintext, plaintext.length, sealed, 0);
        return sealed;
    }

    /**
     * As {@link Cobblestone#seal}, from and into the caller's arrays.
     *
     * @param length of the plaintext, which begins at 0
     * @return how many bytes were written at {@code outOffset}: {@link Cobblestone#sealedLength}
     */
    public int seal(SecretBytes key, byte[] context, byte[] plaintext, int length, byte[] out, int outOffset) {
        if (nextSalt == salts.length) {
            salts = salts == NONE ? new byte[SALTS_AT_ONCE * MessageKey.SALT_BYTES] : salts;
            RANDOM.nextBytes(salts);
            nextSalt = 0;
        }
        int salt = nextSalt;
        nextSalt += MessageKey.SALT_BYTES;
        return seal(key, context, salts, salt, plaintext, length, out, outOffset);
    }

    int seal(
            SecretBytes key,
            byte[] context,
            byte[] salted,
            int salt,
            byte[] plaintext,
            int length,
            byte[] out,
            int outOffset) {
        Objects.checkFromIndexSize(0, length, plaintext.length);
        int sealed = Math.toIntExact(Cobblestone.sealedLength(length));
        Objects.checkFromIndexSize(outOffset, sealed, out.length);
        messageKey.derive(key, salted, salt, context);
        System.arraycopy(salted, salt, out, outOffset, MessageKey.SALT_BYTES);
        messageKey.writeCommitment(out, outOffset + MessageKey.SALT_BYTES);
        int at = outOffset + Cobblestone.HEADER_BYTES;
        long chunk = 0;
        for (int in = 0; in <= length; in += ChunkCipher.CHUNK_BYTES) {
            int part = Math.min(ChunkCipher.CHUNK_BYTES, length - in);
            at += cipher.seal(messageKey, chunk++, plaintext, in, part, out, at);
        }
        return sealed;
    }

    /** As {@link Cobblestone#open}. */
    public byte[] open(SecretBytes key, byte[] context, byte[] sealed) {
        byte[] plaintext = new byte[openedLength(sealed.length)];
        open(key, context, sealed, 0, sealed.length, plaintext);
        return plaintext;
    }

    /**
     * As {@link Cobblestone#open}, from and into the caller's arrays.
     *
     * @param plaintext at least as long as {@link #openedLength}; zeros to its end where the message does not open
     * @return how long the plaintext is, which begins at 0
     * @throws EnvelopeException when it was not sealed under this key and context, or was changed since
     */
    public int open(SecretBytes key, byte[] context, byte[] sealed, int offset, int length, byte[] plaintext) {
        int opened = openedLength(length);
        Objects.checkFromIndexSize(offset, length, sealed.length);
        Objects.checkFromIndexSize(0, opened, plaintext.length);
        boolean whole = false;
        try {
            messageKey.derive(key, sealed, offset, context);
            messageKey.check(sealed, offset + MessageKey.SALT_BYTES);
            int end = offset + length;
            int in = offset + Cobblestone.HEADER_BYTES;
            int out = 0;
            long chunk = 0;
            do {
                int part = Math.min(ChunkCipher.SEALED_CHUNK_BYTES, end - in);
                out += cipher.open(messageKey, chunk++, sealed, in, part, plaintext, out);
                in += part;
            } while (in < end);
            whole = true;
            return opened;
        } finally {
            if (!whole) {
                Arrays.fill(plaintext, (byte) 0);
            }
        }
    }

    /**
     * How long the plaintext of a message of {@code sealedLength} bytes is.
     *
     * @throws EnvelopeException when no message has that length
     */
    public static int openedLength(int sealedLength) {
        int body = sealedLength - Cobblestone.HEADER_BYTES;
        if (body < 0 || body % ChunkCipher.SEALED_CHUNK_BYTES < ChunkCipher.TAG_BYTES) {
            throw new EnvelopeException(EnvelopeException.Kind.FORMAT);
        }
        return body - (body / ChunkCipher.SEALED_CHUNK_BYTES + 1) * ChunkCipher.TAG_BYTES;
    }

    /** Overwrites what the last message left. The session may be used again. */
    @Override
    public void close() {
        messageKey.close();
        cipher.forget();
    }
}
