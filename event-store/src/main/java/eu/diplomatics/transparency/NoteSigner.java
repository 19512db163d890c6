package eu.diplomatics.transparency;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.receipt.Ed25519;
import java.nio.ByteBuffer;
import java.time.InstantSource;

/**
 * Signs notes with Ed25519. Thread-safe. The seed stays the caller's: once it is closed nothing is signed any more
 * ({@link IllegalStateException}). What is signed was checked before: a log signs no tree that does not begin with what
 * it signed last, a witness none whose consistency it has not verified.
 */
public final class NoteSigner {
    private final SecretBytes seed;
    private final InstantSource clock;
    private final VerifierKey verifierKey;

    private NoteSigner(String name, SignatureType type, SecretBytes seed, InstantSource clock) {
        this.seed = seed;
        this.clock = clock;
        this.verifierKey = new VerifierKey(name, type, Ed25519.publicKeyOf(seed));
    }

    /**
     * The log's own signature.
     *
     * @param name as the origin in the log's checkpoints
     * @param seed the private key of RFC 8032, 32 bytes
     */
    public static NoteSigner log(String name, SecretBytes seed) {
        return new NoteSigner(name, SignatureType.ED25519, seed, InstantSource.system());
    }

    /**
     * The cosignature of a witness, with the time.
     *
     * @param seed of a key that no other witness has: the signature does not cover the name
     */
    public static NoteSigner witness(String name, SecretBytes seed, InstantSource clock) {
        return new NoteSigner(name, SignatureType.COSIGNATURE_V1, seed, clock);
    }

    /** What others verify with. */
    public VerifierKey verifierKey() {
        return verifierKey;
    }

    NoteSignature sign(String text) {
        SignatureType type = verifierKey.type();
        long seconds = type.timestampBytes() == 0 ? 0 : clock.instant().getEpochSecond();
        if (seconds < 0) {
            throw new IllegalStateException("the clock stands before 1970");
        }
        ByteBuffer signature = ByteBuffer.allocate(type.timestampBytes() + SignatureType.ED25519_BYTES);
        if (type.timestampBytes() > 0) {
            signature.putLong(seconds);
        }
        signature.put(Ed25519.sign(seed, type.message(text, seconds)));
        return new NoteSignature(verifierKey.name(), verifierKey.id(), signature.array());
    }
}
