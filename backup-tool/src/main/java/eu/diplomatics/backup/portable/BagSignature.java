package eu.diplomatics.backup.portable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/** The detached signature over a bag's tag manifest: Ed25519 over the file's bytes, 64 bytes, as {@code openssl pkeyutl} makes it. */
public final class BagSignature {
    private static final String ALGORITHM = "Ed25519";

    private BagSignature() {}

    /**
     * Signs with a private key in a PEM file (PKCS #8).
     *
     * @throws IOException when it cannot be read
     */
    public static byte[] sign(Path pem, byte[] message) throws IOException {
        try {
            String base64 =
                    Files.readString(pem).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
            PrivateKey key = KeyFactory.getInstance(ALGORITHM)
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("the key that signs exports cannot be read", e);
        }
    }

    /** @param keys public keys that are believed, X.509 encoding */
    public static boolean isBelieved(List<byte[]> keys, byte[] message, byte[] signed) {
        for (byte[] key : keys) {
            try {
                Signature signature = Signature.getInstance(ALGORITHM);
                signature.initVerify(KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(key)));
                signature.update(message);
                if (signature.verify(signed)) {
                    return true;
                }
            } catch (GeneralSecurityException e) {
                // no key or signature of this form
            }
        }
        return false;
    }

    /** The public key as PEM. */
    public static String pem(byte[] publicKey) {
        return "-----BEGIN PUBLIC KEY-----\n" + Base64.getEncoder().encodeToString(publicKey)
                + "\n-----END PUBLIC KEY-----\n";
    }
}
