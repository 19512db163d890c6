package eu.diplomatics.query.disclosure;

import eu.diplomatics.eventstore.SealBrokenException;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.vault.HolderMismatchException;
import java.util.List;
import java.util.UUID;

/** A stream that does not open, and why. */
record Broken(List<StoredEvent> events, RuntimeException failure) {
    UUID stream() {
        return events.getFirst().context().stream();
    }

    UUID holder() {
        return events.getFirst().holder();
    }

    /** Its key is one and the same for every copy of the stream. */
    boolean isStored() {
        return failure instanceof KeyTamperedException;
    }

    long position() {
        return switch (failure) {
            case SealBrokenException seal -> seal.position();
            case HolderMismatchException moved -> moved.position();
            default -> events.getFirst().position();
        };
    }
}
