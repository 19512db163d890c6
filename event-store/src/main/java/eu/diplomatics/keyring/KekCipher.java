package eu.diplomatics.keyring;

import eu.diplomatics.envelope.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Seals small secrets under a KEK, bound to the place where they are kept. */
final class KekCipher {
    private static final SecureRandom RANDOM = new SecureRandom();

    private KekCipher() {}

    static byte[] seal(SecretBytes kek, byte[] context, SecretBytes secret) {
        try {
            byte[] iv = new byte[12];
            RANDOM.nextBytes(iv);
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(kek.reveal(), "AES"), new GCMParameterSpec(128, iv));
            cipher.updateAAD(context);
            byte[] sealed = Arrays.copyOf(iv, 12 + cipher.getOutputSize(secret.sizeBytes()));
            cipher.doFinal(secret.reveal(), 0, secret.sizeBytes(), sealed, 12);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing failed", e);
        }
    }

    /** Empty when it does not open: wrong key, wrong place, or changed. */
    static Optional<SecretBytes> open(SecretBytes kek, byte[] context, byte[] sealed) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(kek.reveal(), "AES"),
                    new GCMParameterSpec(128, sealed, 0, 12));
            cipher.updateAAD(context);
            byte[] plain = cipher.doFinal(sealed, 12, sealed.length - 12);
            SecretBytes secret = SecretBytes.copyOf(plain);
            Arrays.fill(plain, (byte) 0);
            return Optional.of(secret);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
