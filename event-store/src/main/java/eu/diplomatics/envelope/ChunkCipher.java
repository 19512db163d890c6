package eu.diplomatics.envelope;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256-GCM over single chunks, without associated data: the context is already bound into the message's key. */
final class ChunkCipher {
    static final int CHUNK_BYTES = 16 * 1024;
    static final int TAG_BYTES = 16;
    static final int SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

    private static final long MAX_CHUNKS = 1L << 38;
    private static final SecretKeySpec NO_KEY = new SecretKeySpec(new byte[MessageKey.KEY_BYTES], "AES");
    private static final GCMParameterSpec NO_NONCE =
            new GCMParameterSpec(8 * TAG_BYTES, new byte[MessageKey.NONCE_BYTES]);

    private final Cipher cipher;

    ChunkCipher() {
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Seals one chunk and returns the number of bytes written. */
    int seal(MessageKey key, long chunk, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
        try {
            init(Cipher.ENCRYPT_MODE, key, chunk);
            return cipher.doFinal(in, inOffset, length, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Opens one chunk and returns the number of bytes written.
     *
     * @throws EnvelopeException when its tag does not hold
     */
    int open(MessageKey key, long chunk, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
        try {
            init(Cipher.DECRYPT_MODE, key, chunk);
            return cipher.doFinal(in, inOffset, length, out, outOffset);
        } catch (AEADBadTagException e) {
            throw new EnvelopeException(EnvelopeException.Kind.TAG);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Overwrites the key schedule; a cipher outlives the message it was used for. */
    void forget() {
        try {
            cipher.init(Cipher.DECRYPT_MODE, NO_KEY, NO_NONCE);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void init(int mode, MessageKey key, long chunk)
            throws InvalidKeyException, InvalidAlgorithmParameterException {
        if (chunk >= MAX_CHUNKS) {
            throw new EnvelopeException(EnvelopeException.Kind.FORMAT);
        }
        cipher.init(mode, key.aesKey(), new GCMParameterSpec(8 * TAG_BYTES, key.nonce(chunk)));
    }
}
