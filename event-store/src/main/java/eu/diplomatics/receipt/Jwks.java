package eu.diplomatics.receipt;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Public keys as a JSON Web Key Set (RFC 7517, RFC 8037); rendered as it stands by any JSON mapper. */
public record Jwks(List<Jwk> keys) {
    /**
     * An Ed25519 public key.
     *
     * @param x base64url, 32 bytes
     * @param kid RFC 7638 thumbprint
     */
    public record Jwk(String kty, String crv, String x, String kid, String use, String alg) {
        static Jwk of(byte[] publicKey) {
            String x = base64Url(publicKey);
            return new Jwk("OKP", "Ed25519", x, thumbprint(x), "sig", "Ed25519");
        }
    }

    /** The RFC 7638 thumbprint, SHA-256, base64url, of an Ed25519 key. */
    static String thumbprint(String x) {
        byte[] members = CanonicalJson.bytes(Map.of("crv", "Ed25519", "kty", "OKP", "x", x));
        try {
            return base64Url(MessageDigest.getInstance("SHA-256").digest(members));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String base64Url(byte[] bytes) {
        return new String(Base64.getUrlEncoder().withoutPadding().encode(bytes), StandardCharsets.US_ASCII);
    }
}
