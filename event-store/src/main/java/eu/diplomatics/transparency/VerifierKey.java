package eu.diplomatics.transparency;

import eu.diplomatics.receipt.Ed25519;
import eu.diplomatics.transparency.NoteException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A public key that verifies notes, as text {@code <name>+<key id, 8 hex digits>+<base64 of type and key>}
 * (<a href="https://c2sp.org/signed-note">c2sp.org/signed-note</a>, verifier keys). The key id is
 * SHA-256(name ‖ 0x0A ‖ type ‖ key)[:4].
 */
public final class VerifierKey {
    private static final int KEY_BYTES = 32;

    private final String name;
    private final SignatureType type;
    private final byte[] publicKey;

    /**
     * A key.
     *
     * @param publicKey Ed25519 of RFC 8032, 32 bytes
     * @throws NoteException of {@link Reason#VERIFIER_KEY} when the name may not be one or the key is none
     */
    public VerifierKey(String name, SignatureType type, byte[] publicKey) {
        if (!isName(name) || publicKey.length != KEY_BYTES || !isPoint(publicKey)) {
            throw new NoteException(Reason.VERIFIER_KEY);
        }
        this.name = name;
        this.type = type;
        this.publicKey = publicKey.clone();
    }

    /**
     * Reads a key's text.
     *
     * @throws NoteException of {@link Reason#VERIFIER_KEY} when it is none, of {@link Reason#SIGNATURE_TYPE} when it
     *     signs in a way not known here
     */
    public static VerifierKey parse(String text) {
        // base64 may contain a plus too, a name may not
        String[] parts = text.split("\\+", 3);
        byte[] typed =
                parts.length < 3 ? new byte[0] : Base64Text.decode(parts[2]).orElse(new byte[0]);
        if (typed.length == 0) {
            throw new NoteException(Reason.VERIFIER_KEY);
        }
        SignatureType type = SignatureType.of(typed[0]).orElseThrow(() -> new NoteException(Reason.SIGNATURE_TYPE));
        VerifierKey key = new VerifierKey(parts[0], type, Arrays.copyOfRange(typed, 1, typed.length));
        if (!key.hexId().equals(parts[1])) {
            throw new NoteException(Reason.VERIFIER_KEY);
        }
        return key;
    }

    /** The text that {@link #parse} reads. */
    public String text() {
        byte[] typed = ByteBuffer.allocate(1 + KEY_BYTES)
                .put(type.identifier())
                .put(publicKey)
                .array();
        return name + "+" + hexId() + "+" + Base64Text.encode(typed);
    }

    public String name() {
        return name;
    }

    public SignatureType type() {
        return type;
    }

    public int id() {
        MessageDigest digest = TreeHash.sha256();
        digest.update((name + "\n").getBytes(StandardCharsets.UTF_8));
        digest.update(type.identifier());
        return ByteBuffer.wrap(digest.digest(publicKey)).getInt();
    }

    /** Whether another key, perhaps of another name or type, is the same point. */
    boolean isSamePoint(VerifierKey other) {
        return MessageDigest.isEqual(publicKey, other.publicKey);
    }

    /** Whether a signature line is of this key; only then {@link #verify} is asked. */
    boolean isNamedBy(NoteSignature signature) {
        return signature.name().equals(name) && signature.keyId() == id();
    }

    /** Verifies what stands behind the key id; empty when it is not this key's signature of the text. */
    Optional<VerifiedSignature> verify(String text, byte[] signature) {
        int timestampBytes = type.timestampBytes();
        if (signature.length != timestampBytes + SignatureType.ED25519_BYTES) {
            return Optional.empty();
        }
        long seconds = timestampBytes == 0 ? 0 : ByteBuffer.wrap(signature).getLong();
        byte[] signed = Arrays.copyOfRange(signature, timestampBytes, signature.length);
        if (seconds < 0 || !Ed25519.verify(publicKey, type.message(text, seconds), signed)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new VerifiedSignature(
                    this, timestampBytes == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds))));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Not empty, without spaces of any kind, a plus, or control characters. */
    static boolean isName(String name) {
        return !name.isEmpty()
                && name.codePoints()
                        .noneMatch(c -> c == '+'
                                || Character.isISOControl(c)
                                || Character.isWhitespace(c)
                                || Character.isSpaceChar(c)
                                || Character.getType(c) == Character.SURROGATE);
    }

    private static boolean isPoint(byte[] publicKey) {
        try {
            Ed25519.verify(publicKey, new byte[0], new byte[SignatureType.ED25519_BYTES]);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private String hexId() {
        return HexFormat.of().toHexDigits(id());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifierKey key && text().equals(key.text());
    }

    @Override
    public int hashCode() {
        return text().hashCode();
    }

    @Override
    public String toString() {
        return text();
    }
}
