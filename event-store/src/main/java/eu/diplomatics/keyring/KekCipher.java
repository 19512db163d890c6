package eu.diplomatics.keyring;

import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.envelope.CobblestoneSession;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.envelope.SecretBytes;
import java.util.Arrays;
import java.util.Optional;

/** Seals keys and small secrets under a KEK, bound to the place where they are kept. */
final class KekCipher {
    private KekCipher() {}

    static byte[] seal(SecretBytes kek, byte[] context, SecretBytes secret) {
        try (CobblestoneSession session = Cobblestone.session()) {
            return seal(session, kek, context, secret);
        }
    }

    /** As one of many. */
    static byte[] seal(CobblestoneSession session, SecretBytes kek, byte[] context, SecretBytes secret) {
        return session.seal(kek, context, secret.reveal());
    }

    /** Empty when it does not open: wrong key, wrong place, or changed. */
    static Optional<SecretBytes> open(SecretBytes kek, byte[] context, byte[] sealed) {
        try (CobblestoneSession session = Cobblestone.session()) {
            return open(session, kek, context, sealed);
        }
    }

    /** As one of many. */
    static Optional<SecretBytes> open(CobblestoneSession session, SecretBytes kek, byte[] context, byte[] sealed) {
        try {
            byte[] plain = session.open(kek, context, sealed);
            SecretBytes secret = SecretBytes.copyOf(plain);
            Arrays.fill(plain, (byte) 0);
            return Optional.of(secret);
        } catch (EnvelopeException e) {
            return Optional.empty();
        }
    }
}
