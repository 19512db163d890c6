package eu.diplomatics.eventstore;

import eu.diplomatics.envelope.Hmac;
import java.security.MessageDigest;

/**
 * What the log promises about an event's content without showing it: HMAC-SHA256 over context and body, keyed by random
 * bytes, the opening, that lie inside the ciphertext. After shredding it stays provable and cannot be guessed at; it
 * knows no key generation, so re-encryption leaves it as it is.
 */
final class Commitment {
    static final int BYTES = 32;
    static final int OPENING_BYTES = 32;

    private Commitment() {}

    static byte[] of(byte[] opening, EventContext context, byte[] body) {
        return Hmac.sha256(opening, ContextEncoding.of(context), body);
    }

    static boolean holds(byte[] commitment, byte[] opening, EventContext context, byte[] body) {
        return MessageDigest.isEqual(commitment, of(opening, context, body));
    }
}
