package eu.diplomatics.registry.keys;

import eu.diplomatics.registry.keys.KeyState.Version;
import java.util.List;
import java.util.Optional;

/** A type of key that this service watches: one bean each, but for the named secrets. */
public interface KeyType {
    /** As in the key table of {@code docs/event-store-format.md}, and under {@code diplomatics.keys.periods}. */
    String name();

    /** The versions there are, the newest first; none before the first use. */
    List<Version> versions();

    /** The kind of operation that makes a next version. */
    default Optional<String> rotatedBy() {
        return Optional.empty();
    }
}
