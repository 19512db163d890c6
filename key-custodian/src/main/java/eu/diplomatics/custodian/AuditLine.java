package eu.diplomatics.custodian;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * One line of the audit log. Lines are chained: each ends with a hash over itself and the hash before it.
 *
 * @param n numbered from 1 over all files
 * @param at by the custodian's clock, RFC 3339
 * @param client the certificate's common name; the custodian itself for its own lines
 * @param certificate its serial number
 * @param keys how many operations per key label
 * @param previous the hash before this one, in lines of the custodian about the log itself only
 * @param publicKey of the signing key that this line announces, X.509 encoding
 * @param signature of a line about the log itself; empty when the token could not sign
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record AuditLine(
        long n,
        String at,
        String client,
        String certificate,
        String verb,
        Map<String, Integer> keys,
        String outcome,
        @Nullable String previous,
        byte @Nullable [] publicKey,
        byte @Nullable [] signature) {
    /** Announces the key, named in {@code outcome}, that signs from here on; signed by the one before. */
    static final String KEY = "KEY";
    /** Signs all lines before it. */
    static final String HEAD = "HEAD";

    /** What stands before the first line. */
    static final String START = "0".repeat(64);

    private static final String HASH = ",\"hash\":\"";
    private static final int TAIL = HASH.length() + 64 + 2;

    /** As it stands in the file, without the line feed. */
    record Written(String text, String hash) {}

    Written after(String before) {
        String content = Messages.JSON.writeValueAsString(this);
        String hash = hash(before, content);
        return new Written(content.substring(0, content.length() - 1) + HASH + hash + "\"}", hash);
    }

    /** A line read back: what was hashed, and the hash that stands there. */
    record Read(AuditLine line, String content, String hash) {
        boolean follows(String before) {
            return hash.equals(hash(before, content));
        }

        private static String hash(String before, String content) {
            return AuditLine.hash(before, content);
        }
    }

    /** @return null when the text is no line of the log */
    static @Nullable Read read(String text) {
        int at = text.length() - TAIL;
        if (at < 1 || !text.startsWith(HASH, at) || !text.endsWith("\"}")) {
            return null;
        }
        String content = text.substring(0, at) + "}";
        String hash = text.substring(at + HASH.length(), text.length() - 2);
        try {
            AuditLine line = CustodianConfiguration.STRICT.readValue(content, AuditLine.class);
            return line == null ? null : new Read(line, content, hash);
        } catch (JacksonException e) {
            return null;
        }
    }

    /** What the signature of a head covers. */
    static byte[] headToSign(String custodian, long lines, String hash) {
        return ("diplomatics audit head v1\n" + custodian + "\n" + lines + "\n" + hash)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** What the signature of a key's announcement covers. */
    static byte[] keyToSign(String custodian, long n, String previous, String label, byte[] publicKey) {
        return ("diplomatics audit key v1\n" + custodian + "\n" + n + "\n" + previous + "\n" + label + "\n"
                        + HexFormat.of().formatHex(publicKey))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String hash(String before, String content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((before + "\n" + content).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
