package eu.diplomatics.keyring;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The custodian's signed word that it destroyed a key.
 *
 * @param statement the JSON text that was signed, as it was signed
 * @param signature over {@value #PREFIX}, a line feed and the statement in UTF-8: Ed25519, or ECDSA with SHA-256 on P-256
 *     where the token has no Ed25519
 */
public record DestructionReceipt(String statement, byte[] signature) {
    /** Keeps the signature from meaning anything elsewhere. */
    public static final String PREFIX = "diplomatics destruction receipt v1";

    private static final String HASH = "[0-9a-f]{64}";
    private static final String LABEL = "epoch-\\d{4}-\\d{2}-\\d{2}";
    private static final String SITE = "[a-z0-9.-]{1,64}";

    /**
     * What a receipt says that is whole.
     *
     * @param rule {@code SCHEDULE} or {@code EXCEPTION}
     * @param inventoryHash SHA-256, hex, of the statement that nothing stands under the key any more
     */
    public record Said(String custodian, String label, String rule, Instant destroyedAt, String inventoryHash) {}

    /** Whether the signature is the custodian's; its key (X.509 form) must come from somewhere else than the receipt. */
    public boolean isSignedBy(byte[] custodianPublicKey) {
        X509EncodedKeySpec encoded = new X509EncodedKeySpec(custodianPublicKey);
        return isSigned(
                        () -> KeyFactory.getInstance("Ed25519").generatePublic(encoded),
                        () -> Signature.getInstance("Ed25519"))
                || isSigned(
                        () -> KeyFactory.getInstance("EC").generatePublic(encoded),
                        () -> Signature.getInstance("SHA256withECDSA"));
    }

    /** Something of the JDK's, which may not be had for this key. */
    private interface Made<T> {
        T make() throws GeneralSecurityException;
    }

    private boolean isSigned(Made<PublicKey> key, Made<Signature> algorithm) {
        try {
            Signature verifier = algorithm.make();
            verifier.initVerify(key.make());
            verifier.update((PREFIX + "\n" + statement).getBytes(StandardCharsets.UTF_8));
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** What it says; empty when something is missing or is not of its form. */
    public Optional<Said> said() {
        try {
            JsonNode json = JsonMapper.shared().readTree(statement);
            String rule = text(json, "rule");
            String inventory = text(json, "inventoryHash");
            boolean whole = text(json, "label").matches(LABEL)
                    && text(json, "custodian").matches(SITE)
                    && inventory.matches(HASH)
                    && switch (rule) {
                        case "SCHEDULE" ->
                            text(json, "generationIndexHash").matches(HASH)
                                    && text(json, "scheduleHash").matches(HASH);
                        case "EXCEPTION" -> json.path("operators").size() >= 2;
                        default -> false;
                    };
            return whole
                    ? Optional.of(new Said(
                            text(json, "custodian"),
                            text(json, "label"),
                            rule,
                            Instant.parse(text(json, "destroyedAt")),
                            inventory))
                    : Optional.empty();
        } catch (JacksonException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** SHA-256 of the statement, hex: by which others name this receipt. */
    public String hash() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(statement.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(JsonNode json, String name) {
        @Nullable JsonNode value = json.get(name);
        return value == null ? "" : value.asString("");
    }
}
