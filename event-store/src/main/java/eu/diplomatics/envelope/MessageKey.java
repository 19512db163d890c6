package eu.diplomatics.envelope;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Key, base nonce and commitment of one message after the other: HKDF-Expand with SHA-512 over the input key (the JDK's own
 * KDF refuses an input key shorter than the hash). HMAC is put together from the hash here: {@link javax.crypto.Mac} copies
 * each key three times and leaves two of the copies behind. Where one key follows itself, as a KEK does that wraps a page of
 * data keys, the padded key is hashed once for all its messages. Closing overwrites everything; not thread-safe.
 */
final class MessageKey implements AutoCloseable {
    static final int KEY_BYTES = 32;
    static final int NONCE_BYTES = 12;
    static final int SALT_BYTES = 24;
    static final int COMMITMENT_BYTES = 32;

    private static final byte[] LABEL =
            "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0".getBytes(StandardCharsets.US_ASCII);
    private static final int HASH_BYTES = 64;
    private static final int BLOCK_BYTES = 128;
    private static final byte INNER = 0x36;
    private static final byte OUTER = 0x5c;
    private static final int CONTEXT_BYTES = 128;

    private final MessageDigest sha512;
    /** Two blocks of the hash: key (32), base nonce (12), commitment (32), and 52 bytes nobody uses. */
    private final byte[] expanded = new byte[2 * HASH_BYTES];

    private final SecretKey aesKey = new AesKey(expanded);
    private final byte[] innerPad = new byte[BLOCK_BYTES];
    private final byte[] outerPad = new byte[BLOCK_BYTES];
    private final byte[] inner = new byte[HASH_BYTES];
    /** Label, salt, context and counter. */
    private byte[] info = Arrays.copyOf(LABEL, LABEL.length + SALT_BYTES + CONTEXT_BYTES + 1);

    /** The key of the message before. */
    private @Nullable SecretBytes before;
    /** The hash behind that key's pads; none where no message came after its first. */
    private @Nullable Begun begun;

    MessageKey() {
        sha512 = sha512();
    }

    private static MessageDigest sha512() {
        try {
            return MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first bytes of {@code salted} are the salt. */
    MessageKey(SecretBytes key, byte[] salted, byte[] context) {
        this();
        derive(key, salted, 0, context);
    }

    /** From here on it is the key of the message whose salt stands at {@code offset}. */
    void derive(SecretBytes key, byte[] salted, int offset, byte[] context) {
        if (key.sizeBytes() != KEY_BYTES) {
            throw new IllegalArgumentException("a key has " + KEY_BYTES + " bytes, not " + key.sizeBytes());
        }
        byte[] revealed = key.reveal();
        int length = LABEL.length + SALT_BYTES + context.length;
        if (info.length <= length) {
            info = Arrays.copyOf(LABEL, length + 1);
        }
        System.arraycopy(salted, offset, info, LABEL.length, SALT_BYTES);
        System.arraycopy(context, 0, info, LABEL.length + SALT_BYTES, context.length);
        Begun follows = begunWith(key, revealed);
        try {
            if (follows == null) {
                pad(revealed);
                expand(length);
            } else {
                expand(follows, length);
            }
        } catch (DigestException | CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        } finally {
            Arrays.fill(innerPad, (byte) 0);
            Arrays.fill(outerPad, (byte) 0);
            Arrays.fill(inner, (byte) 0);
        }
    }

    /** Null for the first message of a key: most have one only, and what is kept costs as much as it spares. */
    private @Nullable Begun begunWith(SecretBytes key, byte[] revealed) {
        if (key != before) {
            forget();
            before = key;
        } else if (begun == null) {
            pad(revealed);
            begun = new Begun(sha512(), sha512());
            begun.inner.update(innerPad);
            begun.outer.update(outerPad);
        }
        return begun;
    }

    private void expand(int length) throws DigestException {
        for (int block = 0; block < 2; block++) {
            info[length] = (byte) (block + 1);
            sha512.update(innerPad, 0, BLOCK_BYTES);
            sha512.update(expanded, 0, block * HASH_BYTES);
            sha512.update(info, 0, length + 1);
            sha512.digest(inner, 0, HASH_BYTES);
            sha512.update(outerPad, 0, BLOCK_BYTES);
            sha512.update(inner, 0, HASH_BYTES);
            sha512.digest(expanded, block * HASH_BYTES, HASH_BYTES);
        }
    }

    private void expand(Begun from, int length) throws DigestException, CloneNotSupportedException {
        for (int block = 0; block < 2; block++) {
            info[length] = (byte) (block + 1);
            MessageDigest hash = (MessageDigest) from.inner.clone();
            hash.update(expanded, 0, block * HASH_BYTES);
            hash.update(info, 0, length + 1);
            hash.digest(inner, 0, HASH_BYTES);
            hash.reset();
            hash = (MessageDigest) from.outer.clone();
            hash.update(inner, 0, HASH_BYTES);
            hash.digest(expanded, block * HASH_BYTES, HASH_BYTES);
            hash.reset();
        }
    }

    private record Begun(MessageDigest inner, MessageDigest outer) {}

    private void forget() {
        if (begun != null) {
            begun.inner.reset();
            begun.outer.reset();
            begun = null;
        }
        before = null;
    }

    private void pad(byte[] key) {
        for (int i = 0; i < KEY_BYTES; i++) {
            innerPad[i] = (byte) (key[i] ^ INNER);
            outerPad[i] = (byte) (key[i] ^ OUTER);
        }
        Arrays.fill(innerPad, KEY_BYTES, BLOCK_BYTES, INNER);
        Arrays.fill(outerPad, KEY_BYTES, BLOCK_BYTES, OUTER);
    }

    void writeCommitment(byte[] out, int offset) {
        System.arraycopy(expanded, KEY_BYTES + NONCE_BYTES, out, offset, COMMITMENT_BYTES);
    }

    /** Compares in constant time, before anything is decrypted. */
    void check(byte[] sealed, int offset) {
        int difference = 0;
        for (int i = 0; i < COMMITMENT_BYTES; i++) {
            difference |= expanded[KEY_BYTES + NONCE_BYTES + i] ^ sealed[offset + i];
        }
        if (difference != 0) {
            throw new EnvelopeException(EnvelopeException.Kind.COMMITMENT);
        }
    }

    /** The key of the message that was derived last. */
    SecretKey aesKey() {
        return aesKey;
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
        sha512.reset();
        forget();
    }

    /** A cipher asks for a copy and overwrites it; {@link javax.crypto.spec.SecretKeySpec} would keep one more. */
    private static final class AesKey implements SecretKey {
        private static final long serialVersionUID = 1L;

        private final transient byte[] key;

        AesKey(byte[] key) {
            this.key = key;
        }

        @Override
        public String getAlgorithm() {
            return "AES";
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return Arrays.copyOf(key, KEY_BYTES);
        }
    }
}
