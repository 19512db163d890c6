package eu.diplomatics.registry.problem;

import eu.diplomatics.eventstore.SealBrokenException;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.qualification.UnknownEventTypeException;
import eu.diplomatics.qualification.UnreadableEventException;
import eu.diplomatics.vault.HolderMismatchException;
import java.util.Optional;

/** Failures that say that what is stored is not what was stored: an alarm, and no answer built on it. */
public final class BrokenRecords {
    private BrokenRecords() {}

    /** What is broken, by random ids and positions only; empty for every other failure. */
    public static Optional<String> in(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            switch (each) {
                case KeyTamperedException tampered -> {
                    return Optional.of("key " + tampered.key());
                }
                case SealBrokenException broken -> {
                    return Optional.of("position " + broken.position());
                }
                case HolderMismatchException mismatch -> {
                    return Optional.of("position " + mismatch.position());
                }
                case UnknownEventTypeException unknown -> {
                    return Optional.of("the type of an event");
                }
                case UnreadableEventException unreadable -> {
                    return Optional.of("the content of an event");
                }
                default -> {
                    // perhaps its cause
                }
            }
        }
        return Optional.empty();
    }
}
