package eu.diplomatics.receipt;

import eu.diplomatics.envelope.SecretBytes;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Signs receipts with Ed25519. Thread-safe. The seed stays the caller's: once it is closed nothing is signed any more
 * ({@link IllegalStateException}).
 */
public final class ReceiptSigner {
    private final SecretBytes seed;
    private final Jwks.Jwk publicKey;

    /** @param seed the private key of RFC 8032, 32 bytes */
    public ReceiptSigner(SecretBytes seed) {
        this.seed = seed;
        this.publicKey = Jwks.Jwk.of(Ed25519.publicKeyOf(seed));
    }

    public String keyId() {
        return publicKey.kid();
    }

    /** The key set that verifies this signer's receipts. */
    public Jwks jwks() {
        return new Jwks(List.of(publicKey));
    }

    /**
     * Signs another document of the registry, over the RFC 8785 form of all its members: {@link ReceiptVerifier} verifies
     * it. It needs a member {@code type}, which no receipt has, so that it never passes for one.
     *
     * @throws IllegalArgumentException without a type, or for a value without a canonical form
     */
    public Map<String, Object> sign(Map<String, Object> document) {
        if (!(document.get("type") instanceof String)) {
            throw new IllegalArgumentException("a document to sign says what it is");
        }
        Map<String, Object> signed = new LinkedHashMap<>(document);
        signed.put("keyId", keyId());
        signed.put("signature", Jwks.base64Url(Ed25519.sign(seed, CanonicalJson.bytes(signed))));
        return signed;
    }

    /** Signs that the event with this leaf stands at this place. */
    public Receipt sign(UUID reference, long version, long position, Instant recordedAt, byte[] leaf) {
        Receipt unsigned = new Receipt(
                reference,
                version,
                position,
                Times.format(recordedAt),
                HexFormat.of().formatHex(leaf),
                keyId(),
                "");
        return new Receipt(
                reference,
                version,
                position,
                unsigned.recordedAt(),
                unsigned.leaf(),
                keyId(),
                Jwks.base64Url(Ed25519.sign(seed, unsigned.signedBytes())));
    }
}
