package eu.diplomatics.vault;

import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.eventstore.Tag;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.EventCodec;
import eu.diplomatics.qualification.EventMetadata;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where domain events become sealed ones and back: codec, seal and keys together. Keys are fetched for a whole call at
 * once and closed before it returns. Thread-safe.
 */
public final class EventVault {
    /** The data keys of streams, of one generation; absent when shredded or unknown. The vault closes them. */
    @FunctionalInterface
    public interface Keys {
        Map<UUID, DataKey> open(Collection<UUID> streams, int generation);
    }

    private final Keys keys;
    private final EventSealer sealer;
    private final EventCodec codec;

    public EventVault(Keys keys, EventSealer sealer, EventCodec codec) {
        this.keys = keys;
        this.sealer = sealer;
        this.codec = codec;
    }

    public EventVault(Keyring keyring, EventSealer sealer, EventCodec codec) {
        this(keyring::open, sealer, codec);
    }

    public EventVault(Keyring keyring) {
        this(keyring, new EventSealer(), new EventCodec());
    }

    /**
     * Encodes and seals an event, on the caller's thread.
     *
     * @param holder random id of the holder, which also goes inside the ciphertext
     * @param key the data key of {@code stream}, durable in the keyring; stays the caller's to close
     * @param ifAbsent see {@link SealedEvent#ifAbsent()}
     * @throws KeysUnavailableException when there is no key
     */
    public SealedEvent seal(
            UUID stream,
            long version,
            UUID holder,
            DomainEvent event,
            EventMetadata metadata,
            @Nullable DataKey key,
            List<Tag> tags,
            boolean ifAbsent) {
        if (key == null) {
            throw new KeysUnavailableException("no data key for stream " + stream);
        }
        return sealer.seal(
                new EventContext(stream, version, event.type(), event.typeVersion()),
                holder,
                codec.encode(holder, event, metadata),
                key,
                tags,
                ifAbsent);
    }

    /** As {@link #openEach}, without the events whose key was shredded. */
    public List<OpenedEvent> open(Collection<StoredEvent> events) {
        List<OpenedEvent> opened = new ArrayList<>(events.size());
        for (Opening opening : openEach(events)) {
            switch (opening) {
                case Opening.Opened(OpenedEvent event) -> opened.add(event);
                case Opening.Shredded shredded -> {
                    // asked for what can still be known
                }
            }
        }
        return opened;
    }

    /**
     * Opens events, with one fetch of keys for each key generation among them.
     *
     * @return in the same order, one for each event
     * @throws KeysUnavailableException when keys cannot be had now
     * @throws eu.diplomatics.eventstore.SealBrokenException when one does not open as what it claims to be
     * @throws HolderMismatchException when one's content is about another holder than its header says
     * @throws eu.diplomatics.qualification.UnknownEventTypeException when one is of a later program's type
     */
    public List<Opening> openEach(Collection<StoredEvent> events) {
        Map<Integer, Set<UUID>> streams = new HashMap<>();
        for (StoredEvent event : events) {
            streams.computeIfAbsent(event.keyGeneration(), g -> new HashSet<>()).add(event.context().stream());
        }
        Map<Integer, Map<UUID, DataKey>> fetched = new HashMap<>();
        try {
            streams.forEach((generation, ids) -> fetched.put(generation, keys.open(ids, generation)));
            List<Opening> openings = new ArrayList<>(events.size());
            for (StoredEvent event : events) {
                DataKey key =
                        fetched.getOrDefault(event.keyGeneration(), Map.of()).get(event.context().stream());
                openings.add(key == null ? new Opening.Shredded(event) : new Opening.Opened(open(event, key)));
            }
            return openings;
        } finally {
            fetched.values().forEach(ofGeneration -> ofGeneration.values().forEach(DataKey::close));
        }
    }

    private OpenedEvent open(StoredEvent stored, DataKey key) {
        EventCodec.Body<DomainEvent> body =
                codec.decode(stored.context().type(), stored.context().typeVersion(), sealer.open(stored, key));
        if (!body.holder().equals(stored.holder())) {
            throw new HolderMismatchException(stored.position());
        }
        return new OpenedEvent(stored, body.event(), body.metadata());
    }
}
