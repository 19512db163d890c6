package eu.diplomatics.keyring;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Keyring.SealedKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Data keys of this process that stand in no database and protect nothing, for
 * {@link Keyring#open(Collection, int, DecoyKeys)}: opening one is the work that opening a stored one is. They are wrapped
 * as stored ones are, under the KEK of the lease, and anew when that goes. Thread-safe.
 */
public final class DecoyKeys {
    private final Map<UUID, DataKey> drawn = new ConcurrentHashMap<>();
    private final Map<UUID, SealedKey> wrapped = new ConcurrentHashMap<>();

    /** Makes one, to seal with. It stays here: the caller does not close it. */
    public DataKey draw(NewKey wanted) {
        return drawn.computeIfAbsent(
                wanted.id(),
                id -> new DataKey(id, wanted.generation(), wanted.regime(), SecretBytes.random(Keyring.KEY_BYTES)));
    }

    /** Those of these ids that are here, wrapped. */
    List<SealedKey> among(
            Collection<UUID> ids, int generation, KekLease lease, Function<List<DataKey>, List<SealedKey>> wrap) {
        List<SealedKey> found = new ArrayList<>();
        List<DataKey> unwrapped = new ArrayList<>();
        for (UUID id : ids) {
            DataKey key = drawn.get(id);
            if (key == null || key.generation() != generation) {
                continue;
            }
            SealedKey known = wrapped.get(id);
            if (known != null && lease.covers(known.kek())) {
                found.add(known);
            } else {
                unwrapped.add(key);
            }
        }
        if (!unwrapped.isEmpty()) {
            for (SealedKey key : wrap.apply(unwrapped)) {
                wrapped.put(key.id(), key);
                found.add(key);
            }
        }
        return found;
    }
}
