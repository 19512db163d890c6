package eu.diplomatics.registry.destruction;

import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.qualification.DomainEvent.KeyRetired;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.vault.LoneEvents;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** Says in the log that a key is no more: once, since stream and command follow from the key's label. */
final class Retirement {
    private static final EventMetadata BY_ITSELF = new EventMetadata("registry", "keys", "", "");

    private final LoneEvents events;

    Retirement(LoneEvents events) {
        this.events = events;
    }

    /** Appends it, or finds it appended; the id of its stream. */
    UUID append(KeyRetired event) {
        UUID stream = stream(event.label());
        events.append(stream, stream, KeyRegime.STATUTORY, BY_ITSELF, event);
        return stream;
    }

    /** Of the label and nothing else, so that whoever comes again, after whatever loss, comes to the same. */
    static UUID stream(String label) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(("diplomatics key retired v1\n" + label).getBytes(StandardCharsets.UTF_8));
            ByteBuffer first = ByteBuffer.wrap(digest);
            return new UUID(first.getLong(), first.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
