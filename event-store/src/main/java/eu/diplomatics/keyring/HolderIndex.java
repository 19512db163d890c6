package eu.diplomatics.keyring;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * From a number to the random id of its holder, through the blind index. Not authentic by itself: whoever gets a holder
 * here compares the number inside the holder's sealed identity with the one asked. Throws as {@link Keyring} does.
 */
public final class HolderIndex {
    private final BlindIndex index;
    private final Keyring keyring;

    public HolderIndex(BlindIndex index, Keyring keyring) {
        this.index = index;
        this.keyring = keyring;
    }

    /**
     * Claims a holder for each term; the first claim stands for ever, also when several come at once.
     *
     * @param candidates a fresh random id for each
     * @return the holder of every term
     */
    public Map<IndexTerm, UUID> claim(Map<IndexTerm, UUID> candidates) {
        Map<IndexTerm, BlindIndexValue> values = index.of(candidates.keySet());
        Map<BlindIndexValue, UUID> wanted = HashMap.newHashMap(values.size());
        candidates.forEach((term, candidate) -> {
            if (values.get(term) instanceof BlindIndexValue value) {
                wanted.put(value, candidate);
            }
        });
        return byTerm(values, keyring.claim(wanted));
    }

    /** The holders of the terms that are claimed. */
    public Map<IndexTerm, UUID> find(Collection<IndexTerm> terms) {
        Map<IndexTerm, BlindIndexValue> values = index.of(terms);
        return byTerm(values, keyring.find(List.copyOf(values.values())));
    }

    private static Map<IndexTerm, UUID> byTerm(
            Map<IndexTerm, BlindIndexValue> values, Map<BlindIndexValue, UUID> holders) {
        Map<IndexTerm, UUID> found = HashMap.newHashMap(values.size());
        values.forEach((term, value) -> {
            if (holders.get(value) instanceof UUID holder) {
                found.put(term, holder);
            }
        });
        return found;
    }
}
