package eu.diplomatics.generation;

import eu.diplomatics.eventstore.EventResealer;
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
    private static final byte[] LEFT_OUT = StoredEvent.leftOut();
    private static final CopyRows NO_ROWS = new CopyRows();

    private final GenerationKeys keys;
    private final Steps steps;

    Resealer(GenerationKeys keys, Steps steps) {
        this.keys = keys;
        this.steps = steps;
    }

    Page reseal(List<StoredEvent> events, int generation, long after) {
        if (events.isEmpty()) {
            return new Page(after, after, NO_ROWS, 0);
        }
        Set<UUID> streams = HashSet.newHashSet(events.size());
        events.forEach(event -> streams.add(event.context().stream()));
        Map<UUID, DataKey> old = Map.of();
        Map<UUID, DataKey> fresh = Map.of();
        try {
            old = keys.open(streams, generation - 1);
            checkMissing(events, streams, old);
            fresh = create(events, old, generation);
            steps.reached(Step.KEYS_DURABLE);
            return seal(events, after, old, fresh);
        } finally {
            old.values().forEach(DataKey::close);
            fresh.values().forEach(DataKey::close);
        }
    }

    /** A stream that begins on this page has no new key yet; one that goes on here was given it with an earlier page. */
    private Map<UUID, DataKey> create(List<StoredEvent> events, Map<UUID, DataKey> old, int generation) {
        List<NewKey> begin = new ArrayList<>(old.size());
        Set<UUID> goOn = new HashSet<>();
        for (StoredEvent event : events) {
            UUID stream = event.context().stream();
            if (event.context().version() > 1) {
                goOn.add(stream);
            } else if (old.get(stream) instanceof DataKey key) {
                begin.add(new NewKey(stream, generation, key.regime()));
            }
        }
        if (goOn.isEmpty()) {
            return keys.create(begin, List.of());
        }
        begin.forEach(key -> goOn.remove(key.id()));
        List<NewKey> others = new ArrayList<>(goOn.size());
        for (UUID stream : goOn) {
            if (old.get(stream) instanceof DataKey key) {
                others.add(new NewKey(stream, generation, key.regime()));
            }
        }
        return keys.create(begin, others);
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

    private static Page seal(List<StoredEvent> events, long after, Map<UUID, DataKey> old, Map<UUID, DataKey> fresh) {
        CopyRows rows = new CopyRows();
        long leftOut = 0;
        try (EventResealer resealer = new EventResealer()) {
            for (StoredEvent event : events) {
                UUID stream = event.context().stream();
                if (!seal(resealer, event, old.get(stream), fresh.get(stream), rows)) {
                    int at = rows.add(event.position(), LEFT_OUT.length);
                    System.arraycopy(LEFT_OUT, 0, rows.array(), at, LEFT_OUT.length);
                    leftOut++;
                }
            }
        }
        return new Page(after, events.getLast().position(), rows, leftOut);
    }

    private static boolean seal(
            EventResealer resealer, StoredEvent event, @Nullable DataKey old, @Nullable DataKey fresh, CopyRows rows) {
        if (old == null || fresh == null) {
            return false; // shredded, as was checked; also where that happened between the two looks at the keyring
        }
        if (event.isContentLost()) {
            throw new ReencryptionException(Reason.CONTENT_LOST, event.position());
        }
        try {
            int at = rows.add(event.position(), EventResealer.lengthOf(event));
            resealer.reseal(event, old, fresh, rows.array(), at);
            return true;
        } catch (SealBrokenException e) {
            throw new ReencryptionException(Reason.SEAL_BROKEN, event.position(), e);
        }
    }
}
