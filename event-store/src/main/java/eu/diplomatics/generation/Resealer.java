package eu.diplomatics.generation;

import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.SealBrokenException;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.generation.Reencryption.Step;
import eu.diplomatics.generation.Reencryption.Steps;
import eu.diplomatics.generation.ReencryptionException.Reason;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.NewKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Seals a page anew: its streams' new keys are durable before anything is sealed under them. Thread-safe. */
final class Resealer {
    private final GenerationKeys keys;
    private final Steps steps;
    private final EventSealer sealer = new EventSealer();

    Resealer(GenerationKeys keys, Steps steps) {
        this.keys = keys;
        this.steps = steps;
    }

    Page reseal(List<StoredEvent> events, int generation, long after) {
        if (events.isEmpty()) {
            return new Page(after, List.of(), 0);
        }
        Set<UUID> streams = HashSet.newHashSet(events.size());
        events.forEach(event -> streams.add(event.context().stream()));
        Map<UUID, DataKey> old = Map.of();
        Map<UUID, DataKey> fresh = Map.of();
        try {
            old = keys.open(streams, generation - 1);
            checkMissing(events, streams, old);
            fresh = keys.create(old.values().stream()
                    .map(key -> new NewKey(key.id(), generation, key.regime()))
                    .toList());
            steps.reached(Step.KEYS_DURABLE);
            return seal(events, after, old, fresh);
        } finally {
            old.values().forEach(DataKey::close);
            fresh.values().forEach(DataKey::close);
        }
    }

    /** A key that is gone must have been shredded: anything else is a loss, and nobody may take it for an erasure. */
    private void checkMissing(List<StoredEvent> events, Set<UUID> streams, Map<UUID, DataKey> old) {
        if (old.size() == streams.size()) {
            return;
        }
        Set<UUID> missing = new HashSet<>(streams);
        missing.removeAll(old.keySet());
        missing.removeAll(keys.shredded(missing));
        if (!missing.isEmpty()) {
            StoredEvent first = events.stream()
                    .filter(event -> missing.contains(event.context().stream()))
                    .findFirst()
                    .orElseThrow();
            throw new ReencryptionException(Reason.KEY_MISSING, first.position());
        }
    }

    private Page seal(List<StoredEvent> events, long after, Map<UUID, DataKey> old, Map<UUID, DataKey> fresh) {
        List<byte[]> ciphertexts = new ArrayList<>(events.size());
        int leftOut = 0;
        for (StoredEvent event : events) {
            UUID stream = event.context().stream();
            byte[] sealed = seal(event, old.get(stream), fresh.get(stream));
            if (sealed == null) {
                leftOut++;
            }
            ciphertexts.add(sealed == null ? StoredEvent.leftOut() : sealed);
        }
        return new Page(after, ciphertexts, leftOut);
    }

    private byte @Nullable [] seal(StoredEvent event, @Nullable DataKey old, @Nullable DataKey fresh) {
        if (old == null || fresh == null) {
            return null; // shredded, as was checked; also where that happened between the two looks at the keyring
        }
        if (event.isContentLost()) {
            throw new ReencryptionException(Reason.CONTENT_LOST, event.position());
        }
        try {
            return sealer.reseal(event, old, fresh);
        } catch (SealBrokenException e) {
            throw new ReencryptionException(Reason.SEAL_BROKEN, event.position(), e);
        }
    }
}
