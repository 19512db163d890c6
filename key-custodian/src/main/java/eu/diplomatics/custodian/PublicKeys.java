package eu.diplomatics.custodian;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/** Verifies by keys in X.509 encoding, Ed25519 or ECDSA. */
final class PublicKeys {
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private PublicKeys() {}

    /** @throws GeneralSecurityException when it is no key of these kinds */
    static PublicKey read(byte[] encoded) throws GeneralSecurityException {
        KeyFactory factory = isEd25519(encoded) ? KeyFactory.getInstance("Ed25519") : KeyFactory.getInstance("EC");
        return factory.generatePublic(new X509EncodedKeySpec(encoded));
    }

    static boolean verifies(byte[] publicKey, byte[] message, byte[] signature) {
        try {
            Signature verifier =
                    isEd25519(publicKey) ? Signature.getInstance("Ed25519") : Signature.getInstance("SHA256withECDSA");
            verifier.initVerify(read(publicKey));
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** By which people compare keys: SHA-256, hex. */
    static String fingerprint(byte[] publicKey) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(publicKey));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isEd25519(byte[] encoded) {
        return encoded.length == ED25519_PREFIX.length + 32
                && HexFormat.of()
                        .formatHex(encoded, 0, ED25519_PREFIX.length)
                        .equals(HexFormat.of().formatHex(ED25519_PREFIX));
    }
}
