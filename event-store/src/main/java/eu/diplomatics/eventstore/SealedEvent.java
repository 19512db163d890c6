package eu.diplomatics.eventstore;

import java.util.List;
import java.util.UUID;

/**
 * An event ready to be appended: encrypted on the caller's thread, before it queues.
 *
 * @param holder random id of the holder the event is about
 * @param commitment 32 bytes, HMAC-SHA256(opening, context and body)
 * @param keyGeneration generation of the data key the ciphertext is sealed under
 * @param tags what conditions can ask for; a tag is an HMAC under the reference key, never a readable value
 * @param ifAbsent leave this event out, without a clash, when its stream has this version already
 */
public record SealedEvent(
        EventContext context,
        UUID holder,
        byte[] commitment,
        int keyGeneration,
        byte[] ciphertext,
        List<Tag> tags,
        boolean ifAbsent) {}
