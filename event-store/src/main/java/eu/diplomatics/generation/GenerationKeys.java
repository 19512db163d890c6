package eu.diplomatics.generation;

import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.NewKey;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** The data keys a re-encryption needs. */
public interface GenerationKeys {
    /** The keys of these streams, of one generation; absent where there is none. The caller closes them. */
    Map<UUID, DataKey> open(Collection<UUID> streams, int generation);

    /**
     * Makes keys, durable when this returns; a key that is there already is returned. The caller closes them.
     *
     * @param fresh keys that nobody has made yet, as far as one can tell: they cost less
     * @param others keys that may be there already
     */
    Map<UUID, DataKey> create(Collection<NewKey> fresh, Collection<NewKey> others);

    /** Which of these streams were shredded: their keys are gone on purpose. */
    Set<UUID> shredded(Collection<UUID> streams);

    /** A keyring, and who knows which of its keys were shredded. */
    static GenerationKeys of(Keyring keyring, Function<Collection<UUID>, Set<UUID>> shredded) {
        return new GenerationKeys() {
            @Override
            public Map<UUID, DataKey> open(Collection<UUID> streams, int generation) {
                return keyring.open(streams, generation);
            }

            @Override
            public Map<UUID, DataKey> create(Collection<NewKey> fresh, Collection<NewKey> others) {
                return keyring.create(fresh, others);
            }

            @Override
            public Set<UUID> shredded(Collection<UUID> streams) {
                return shredded.apply(streams);
            }
        };
    }
}
