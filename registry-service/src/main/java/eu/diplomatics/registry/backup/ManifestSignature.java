package eu.diplomatics.registry.backup;

import eu.diplomatics.keyring.Custodian.SignedStatement;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;

/** Ed25519 (RFC 8032) over a type, a line feed and a statement, by one of the manifest keys. */
final class ManifestSignature {
    private ManifestSignature() {}

    static boolean isBelieved(List<byte[]> manifestKeys, String type, SignedStatement signed) {
        return manifestKeys.stream().anyMatch(key -> verifies(key, type, signed));
    }

    private static boolean verifies(byte[] key, String type, SignedStatement signed) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(key)));
            signature.update((type + "\n" + signed.statement()).getBytes(StandardCharsets.UTF_8));
            return signature.verify(signed.signature());
        } catch (SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("backup.manifest-keys holds what is no Ed25519 key", e);
        }
    }
}
