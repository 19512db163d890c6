package eu.diplomatics.envelope;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;

/**
 * C2SP chunked encryption, instance "Cobblestone-256": AES-256-GCM in chunks of 16 KiB under a key of the message's own,
 * derived by HKDF-Expand-SHA-512 from key, random salt and context, and committed to. A sealed message opens under one
 * key and one context only.
 *
 * <pre>salt (24) ‖ commitment (32) ‖ chunk (16384 + 16)* ‖ final chunk (0..16383 + 16)</pre>
 *
 * <p>Up to 2⁵⁵ messages per key. Thread-safe.
 *
 * @see <a href="https://c2sp.org/chunked-encryption">c2sp.org/chunked-encryption</a>
 */
public final class Cobblestone {
    public static final int KEY_BYTES = MessageKey.KEY_BYTES;

    static final int HEADER_BYTES = MessageKey.SALT_BYTES + MessageKey.COMMITMENT_BYTES;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ThreadLocal<CobblestoneSession> OWN = ThreadLocal.withInitial(CobblestoneSession::new);

    private Cobblestone() {}

    /** Seals {@code plaintext}; {@code context} is bound, not stored: {@link #open} must be given the same. */
    public static byte[] seal(SecretBytes key, byte[] context, byte[] plaintext) {
        return seal(key, context, newSalt(), plaintext);
    }

    /** With a given salt: for known answers only. A salt that repeats under a key breaks both messages. */
    static byte[] seal(SecretBytes key, byte[] context, byte[] salt, byte[] plaintext) {
        byte[] sealed = new byte[Math.toIntExact(sealedLength(plaintext.length))];
        try (CobblestoneSession session = session()) {
            session.seal(key, context, salt, 0, plaintext, plaintext.length, sealed, 0);
        }
        return sealed;
    }

    /**
     * Opens a sealed message as a whole.
     *
     * @throws EnvelopeException when it was not sealed under this key and context, or was changed since
     */
    public static byte[] open(SecretBytes key, byte[] context, byte[] sealed) {
        try (CobblestoneSession session = session()) {
            return session.open(key, context, sealed);
        }
    }

    /**
     * The calling thread's own session, for a loop over many messages; closed behind the loop it forgets the last of them.
     * Nothing is lost, only time, when the loop calls for a single message in between.
     */
    public static CobblestoneSession session() {
        return OWN.get();
    }

    /** A stream that seals what is written to it; see {@link SealingOutputStream} for how to end it. */
    public static SealingOutputStream sealing(SecretBytes key, byte[] context, OutputStream out) throws IOException {
        return new SealingOutputStream(key, context, newSalt(), out);
    }

    /**
     * A stream that opens what it reads, chunk by chunk: it yields verified bytes only, and throws
     * {@link EnvelopeException} from then on where a chunk does not verify or the end is missing. Reading to the end is
     * what proves the message whole.
     */
    public static InputStream opening(SecretBytes key, byte[] context, InputStream in) throws IOException {
        return new OpeningInputStream(key, context, in);
    }

    /** The length of a sealed message for a given length of plaintext. */
    public static long sealedLength(long plaintextLength) {
        long chunks = plaintextLength / ChunkCipher.CHUNK_BYTES + 1;
        return HEADER_BYTES + plaintextLength + chunks * ChunkCipher.TAG_BYTES;
    }

    private static byte[] newSalt() {
        byte[] salt = new byte[MessageKey.SALT_BYTES];
        RANDOM.nextBytes(salt);
        return salt;
    }
}
