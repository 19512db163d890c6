package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.eventstore.axon.EventVaultPort;
import eu.diplomatics.eventstore.axon.Placement;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;

/**
 * Our events as Axon's messages: one that is read carries an {@link OpenedEvent}, one that is to be appended a
 * {@link NewEvent} and its {@link Placement}.
 */
final class DomainVault implements EventVaultPort {
    private static final String NAMESPACE = "eu.diplomatics";

    private final Keyring keyring;
    private final EventVault vault;
    private final KeyGenerations generations;

    DomainVault(Keyring keyring, EventVault vault, KeyGenerations generations) {
        this.generations = generations;
        this.keyring = keyring;
        this.vault = vault;
    }

    /** A stream's key was shredded, so nothing of it can be read or added. */
    static final class StreamGoneException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StreamGoneException() {
            super("a stream's key is gone");
        }
    }

    /** An event with what is sealed beside it. */
    record NewEvent(DomainEvent event, EventMetadata metadata) {}

    static EventMessage message(NewEvent event, Placement placement) {
        return new GenericEventMessage(type(event.event()), event, placement.asMetadata());
    }

    private static MessageType type(DomainEvent event) {
        return new MessageType(NAMESPACE, event.type(), Integer.toString(event.typeVersion()));
    }

    @Override
    public SealedUnit seal(List<TaggedEventMessage<?>> events) {
        List<Placement> placements =
                events.stream().map(event -> placement(event.event())).toList();
        Map<UUID, DataKey> keys = keyring.open(
                placements.stream().map(Placement::stream).distinct().toList(), generations.current());
        try {
            List<SealedEvent> sealed = new ArrayList<>(events.size());
            for (int i = 0; i < events.size(); i++) {
                Placement placement = placements.get(i);
                if (!(events.get(i).event().payload() instanceof NewEvent(DomainEvent event, EventMetadata metadata))) {
                    throw new IllegalArgumentException("not an event of ours");
                }
                sealed.add(vault.seal(
                        placement.stream(),
                        placement.version(),
                        placement.holder(),
                        event,
                        metadata,
                        keys.get(placement.stream()),
                        List.of(),
                        false));
            }
            return new SealedUnit(placements.getFirst().command(), sealed);
        } finally {
            keys.values().forEach(DataKey::close);
        }
    }

    @Override
    public void generationOver() {
        generations.refresh();
    }

    private static Placement placement(EventMessage event) {
        return Placement.of(event).orElseThrow(() -> new IllegalArgumentException("an event without a place"));
    }

    @Override
    public List<EventMessage> open(List<StoredEvent> events) {
        List<OpenedEvent> opened = vault.open(events);
        if (opened.size() != events.size()) {
            throw new StreamGoneException();
        }
        return opened.stream()
                .<EventMessage>map(event -> new GenericEventMessage(type(event.event()), event))
                .toList();
    }
}
