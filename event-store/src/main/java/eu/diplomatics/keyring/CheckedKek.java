package eu.diplomatics.keyring;

import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.envelope.SecretBytes;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A KEK as the custodian gets it: the key and, behind it, 32 bytes that say that it is this one. What would be sealed under
 * another key that a faulty custodian gave could never be opened again.
 */
final class CheckedKek {
    static final int KEY_BYTES = 32;
    private static final Logger LOG = LoggerFactory.getLogger(CheckedKek.class);

    private CheckedKek() {}

    /** Wraps it at the custodian. */
    static WrappedKey wrap(Custodian custodian, UUID id, SecretBytes kek) {
        byte[] both = Arrays.copyOf(kek.reveal(), KEY_BYTES + KEY_BYTES);
        System.arraycopy(check(id, kek), 0, both, KEY_BYTES, KEY_BYTES);
        try (SecretBytes checked = SecretBytes.copyOf(both)) {
            return custodian.wrap(checked, KeyContext.kek(id));
        } finally {
            Arrays.fill(both, (byte) 0);
        }
    }

    /**
     * What the custodian unwraps.
     *
     * @throws KeysUnavailableException also when the custodian gives another key
     */
    static SecretBytes unwrap(Custodian custodian, UUID id, WrappedKey wrapped) {
        try (SecretBytes answer = custodian.unwrap(wrapped, KeyContext.kek(id))) {
            byte[] both = answer.reveal();
            if (both.length == 2 * KEY_BYTES) {
                SecretBytes kek = first(both);
                if (MessageDigest.isEqual(check(id, kek), Arrays.copyOfRange(both, KEY_BYTES, both.length))) {
                    return kek;
                }
                kek.close();
            }
        }
        LOG.error("ALARM: the custodian gave another key in the place of key-encryption key {}", id);
        throw new KeysUnavailableException("the custodian gave another key than key-encryption key " + id);
    }

    private static SecretBytes first(byte[] both) {
        byte[] key = Arrays.copyOf(both, KEY_BYTES);
        try {
            return SecretBytes.copyOf(key);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] check(UUID id, SecretBytes kek) {
        return Hmac.sha256(kek, Hmac.lengthPrefixed("diplomatics kek check v1", id.toString()));
    }
}
