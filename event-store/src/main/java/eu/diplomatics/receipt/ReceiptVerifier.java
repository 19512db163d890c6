package eu.diplomatics.receipt;

import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Verifies receipts against published keys, as anyone can who has the receipt and the key set. Thread-safe. */
public final class ReceiptVerifier {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final TypeReference<LinkedHashMap<String, @Nullable Object>> OBJECT = new TypeReference<>() {};
    private static final String SIGNATURE = "signature";

    private final Map<String, byte[]> publicKeys = new HashMap<>();

    /** What became of a verification. */
    public enum Result {
        VALID,
        /** The key is not in the set: an old one, or not the registry's. */
        UNKNOWN_KEY,
        /** No receipt, or not as it was signed. */
        INVALID
    }

    /** A verifier for the keys of a set; keys of other kinds, and those whose id is not their thumbprint, are left out. */
    public ReceiptVerifier(Jwks jwks) {
        for (Jwks.@Nullable Jwk key : jwks.keys()) {
            // a set that somebody else wrote may hold anything
            if (key != null && "OKP".equals(key.kty()) && "Ed25519".equals(key.crv()) && key.x() != null) {
                byte @Nullable [] raw = fromBase64Url(key.x());
                if (raw != null
                        && raw.length == Ed25519.KEY_BYTES
                        && Jwks.thumbprint(key.x()).equals(key.kid())) {
                    publicKeys.put(key.kid(), raw);
                }
            }
        }
    }

    /**
     * A verifier for a key set as {@code GET /v1/receipt-keys} answers it.
     *
     * @throws IllegalArgumentException when it is no key set
     */
    public static ReceiptVerifier ofJson(String jwks) {
        try {
            Jwks read = JSON.rebuild()
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build()
                    .readValue(jwks, Jwks.class);
            if (read == null || read.keys() == null) {
                throw new IllegalArgumentException("no key set");
            }
            return new ReceiptVerifier(read);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no key set", e);
        }
    }

    public Result verify(Receipt receipt) {
        return verify(receipt.keyId(), receipt.signedBytes(), receipt.signature());
    }

    /** Verifies a receipt as it was received: every member but the signature counts. */
    public Result verify(String receiptJson) {
        Map<String, @Nullable Object> members;
        try {
            members = JSON.readValue(receiptJson, OBJECT);
        } catch (JacksonException e) {
            return Result.INVALID;
        }
        if (members == null
                || !(members.remove(SIGNATURE) instanceof String signature)
                || !(members.get("keyId") instanceof String keyId)) {
            return Result.INVALID;
        }
        try {
            return verify(keyId, CanonicalJson.bytes(members), signature);
        } catch (IllegalArgumentException e) {
            return Result.INVALID;
        }
    }

    private Result verify(String keyId, byte[] signed, String signature) {
        byte[] publicKey = publicKeys.get(keyId);
        if (publicKey == null) {
            return Result.UNKNOWN_KEY;
        }
        byte @Nullable [] raw = fromBase64Url(signature);
        boolean valid = raw != null && raw.length == Ed25519.SIGNATURE_BYTES && Ed25519.verify(publicKey, signed, raw);
        return valid ? Result.VALID : Result.INVALID;
    }

    private static byte @Nullable [] fromBase64Url(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            // one text for one value: no padding, no loose bits at the end
            return Jwks.base64Url(bytes).equals(text) ? bytes : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
