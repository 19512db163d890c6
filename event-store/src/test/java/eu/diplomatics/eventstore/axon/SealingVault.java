package eu.diplomatics.eventstore.axon;

import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.Metadata;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventstreaming.Tag;

/** Real encryption of messages with text payloads, with the keys of their streams in memory. */
final class SealingVault implements EventVaultPort {
    private final EventSealer sealer = new EventSealer();
    private final SecretBytes referenceKey = SecretBytes.random(32);
    private final Map<UUID, DataKey> keys = new ConcurrentHashMap<>();

    @Override
    public SealedUnit seal(List<TaggedEventMessage<?>> events) {
        UUID command =
                Placement.of(events.getFirst().event()).map(Placement::command).orElseGet(UUID::randomUUID);
        return new SealedUnit(command, events.stream().map(this::seal).toList());
    }

    private SealedEvent seal(TaggedEventMessage<?> tagged) {
        EventMessage event = tagged.event();
        Optional<Placement> placed = Placement.of(event);
        Placement placement =
                placed.orElseGet(() -> new Placement(UUID.randomUUID(), 1, UUID.randomUUID(), UUID.randomUUID()));
        return sealer.seal(
                new EventContext(
                        placement.stream(),
                        placement.version(),
                        type(event.type().qualifiedName()),
                        1),
                placement.holder(),
                encode(event, placed.isPresent()),
                keys.computeIfAbsent(
                        placement.stream(),
                        stream -> new DataKey(stream, 1, KeyRegime.STATUTORY, SecretBytes.random(32))),
                tags(tagged),
                false);
    }

    @Override
    public List<EventMessage> open(List<StoredEvent> events) {
        return events.stream().map(this::open).toList();
    }

    private EventMessage open(StoredEvent stored) {
        DataKey key = keys.get(stored.context().stream());
        if (key == null) {
            throw new IllegalStateException("no key for this stream");
        }
        return decode(stored, sealer.open(stored, key));
    }

    /** What an event's own tags become in the log: its stream needs none. */
    private List<eu.diplomatics.eventstore.Tag> tags(TaggedEventMessage<?> event) {
        return event.tags().stream()
                .filter(tag -> !tag.key().equals(Placement.STREAM_TAG))
                .map(this::tag)
                .toList();
    }

    @Override
    public eu.diplomatics.eventstore.Tag tag(Tag tag) {
        return new eu.diplomatics.eventstore.Tag(
                Hmac.sha256(referenceKey, Hmac.lengthPrefixed(tag.key(), tag.value())));
    }

    private static byte[] encode(EventMessage event, boolean placed) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(event.identifier());
            out.writeUTF(event.type().qualifiedName().name());
            out.writeUTF(event.type().version());
            out.writeLong(event.timestamp().getEpochSecond());
            out.writeInt(event.timestamp().getNano());
            out.writeUTF(String.valueOf(event.payload()));
            out.writeBoolean(placed);
            Metadata metadata = Placement.without(event.metadata());
            out.writeInt(metadata.size());
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeUTF(entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static EventMessage decode(StoredEvent stored, byte[] body) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            String identifier = in.readUTF();
            MessageType type = new MessageType(in.readUTF(), in.readUTF());
            Instant timestamp = Instant.ofEpochSecond(in.readLong(), in.readInt());
            String payload = in.readUTF();
            boolean placed = in.readBoolean();
            Map<String, String> metadata = new HashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                metadata.put(in.readUTF(), in.readUTF());
            }
            if (placed) {
                metadata.putAll(new Placement(
                                stored.context().stream(),
                                stored.context().version(),
                                stored.holder(),
                                stored.command())
                        .asMetadata());
            }
            return new GenericEventMessage(identifier, type, payload, metadata, timestamp);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
