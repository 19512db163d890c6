package eu.diplomatics.keyring;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the custodian made of a value that everybody knows when an index key was first used. Digests under another key of
 * the same name would give everybody a second holder, so an answer is only used where this is still the same.
 */
public interface IndexProbes {
    /** Empty where no key of this label was used yet. */
    Optional<byte[]> find(String label);

    /**
     * Keeps the digest, unless there is one.
     *
     * @return the one that is kept
     */
    byte[] keep(String label, byte[] digest);

    /** Known for as long as the process lives: for whoever keeps nothing that he found by an index. */
    static IndexProbes inMemory() {
        Map<String, byte[]> kept = new ConcurrentHashMap<>();
        return new IndexProbes() {
            @Override
            public Optional<byte[]> find(String label) {
                return Optional.ofNullable(kept.get(label));
            }

            @Override
            public byte[] keep(String label, byte[] digest) {
                return kept.computeIfAbsent(label, any -> digest);
            }
        };
    }
}
