package eu.diplomatics.registry.reconciliation;

import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.receipt.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a record is digested: by HMAC-SHA256 under the institution's own key, so that the list tells a stranger nothing, and
 * of the canonical form (RFC 8785) of what was sent to be registered.
 *
 * <pre>
 * reference = HMAC(key, "reference" LF supplierReference)
 * record    = HMAC(key, "record" LF supplierReference LF hex(SHA-256(JCS(basis))) LF hex(SHA-256(JCS(holder))))
 * </pre>
 */
final class RecordDigests {
    static final int KEY_BYTES = 32;
    private static final JsonMapper JSON =
            JsonMapper.builder().addModule(QualificationJson.module()).build();
    private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

    private final byte[] key;

    /** @param key 32 bytes of the institution's own, for this one list */
    RecordDigests(byte[] key) {
        this.key = key.clone();
    }

    Digest reference(String supplierReference) {
        return Digest.of(hmac("reference", supplierReference));
    }

    Digest record(String supplierReference, String basisHash, String holderHash) {
        return Digest.of(hmac("record", supplierReference, basisHash, holderHash));
    }

    private byte[] hmac(String... parts) {
        return Hmac.sha256(key, String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
    }

    static String hash(Basis basis) {
        return canonicalHash(basis);
    }

    static String hash(HolderIdentity holder) {
        return switch (holder) {
            case HolderIdentity.ByInsz byInsz -> canonicalHash(byInsz);
            case HolderIdentity.ByName byName -> canonicalHash(byName);
        };
    }

    private static String canonicalHash(Object value) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(CanonicalJson.bytes(JSON.convertValue(value, MEMBERS))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** 32 bytes that compare by value. */
    record Digest(long first, long second, long third, long fourth) {
        private static final int HEX = 64;
        private static final int LONG_HEX = 16;

        static Digest of(byte[] bytes) {
            return parse(HexFormat.of().formatHex(bytes));
        }

        /** @throws IllegalArgumentException when it is not 64 hexadecimal digits in small letters */
        static Digest parse(String hex) {
            if (hex.length() != HEX || !hex.chars().allMatch(each -> "0123456789abcdef".indexOf(each) >= 0)) {
                throw new IllegalArgumentException("no digest");
            }
            return new Digest(part(hex, 0), part(hex, 1), part(hex, 2), part(hex, 3));
        }

        private static long part(String hex, int index) {
            return Long.parseUnsignedLong(hex, index * LONG_HEX, (index + 1) * LONG_HEX, LONG_HEX);
        }

        /** Which of so many parts of a list it belongs to: its first byte, modulo. */
        int part(int parts) {
            return (int) (first >>> (Long.SIZE - Byte.SIZE)) % parts;
        }
    }
}
