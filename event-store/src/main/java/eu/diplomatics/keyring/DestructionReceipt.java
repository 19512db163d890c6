package eu.diplomatics.keyring;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;

/**
 * The custodian's signed word that it destroyed a key.
 *
 * @param statement the JSON text that was signed, as it was signed
 * @param signature Ed25519 over {@value #PREFIX}, a line feed and the statement in UTF-8
 */
public record DestructionReceipt(String statement, byte[] signature) {
    /** Keeps the signature from meaning anything elsewhere. */
    public static final String PREFIX = "diplomatics destruction receipt v1";

    /** Whether the signature is the custodian's; its key must come from somewhere else than the receipt. */
    public boolean isSignedBy(byte[] custodianPublicKey) {
        try {
            var key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(custodianPublicKey));
            var verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update((PREFIX + "\n" + statement).getBytes(StandardCharsets.UTF_8));
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
