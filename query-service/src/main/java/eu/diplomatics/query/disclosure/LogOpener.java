package eu.diplomatics.query.disclosure;

import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import eu.diplomatics.qualification.Holder;
import eu.diplomatics.query.projection.Copies;
import eu.diplomatics.query.projection.SealedRecords;
import eu.diplomatics.vault.OpenedEvent;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Opens records of the log's own store for whoever goes along the log: nothing of it is an answer to anybody. */
@Component
final class LogOpener {
    private final SealedRecords records;
    private final Opener opener;

    LogOpener(SealedRecords records, Opener opener) {
        this.records = records;
        this.opener = opener;
    }

    /** All that there is about these holders and whoever they are linked with, what was moved to them included. */
    Opened holders(Collection<UUID> wanted) {
        Opened first = opener.opened(records.ofHoldersFromStore(wanted));
        Circle circle = new Circle(first.freshAsOf());
        circle.add(first, wanted);
        while (true) {
            Set<UUID> linked = circle.linked();
            Set<UUID> received = circle.received();
            if (!linked.isEmpty()) {
                circle.add(opener.opened(records.ofHoldersFromStore(linked)), linked);
            } else if (!received.isEmpty()) {
                circle.add(opener.opened(records.ofStreamsFromStore(received)), received);
            } else {
                return circle.opened();
            }
        }
    }

    /** Who these holders are; one that does not open is absent. */
    Map<UUID, Holder> identities(Collection<UUID> holders) {
        return opener.opened(records.ofStreamsFromStore(holders)).holders();
    }

    /**
     * Whose qualifications were from which version on, of those only that were ever moved. Empty for one that does not open:
     * nobody can tell.
     */
    Map<UUID, NavigableMap<Long, UUID>> owners(Collection<UUID> references) {
        Map<UUID, NavigableMap<Long, UUID>> owners = new HashMap<>();
        if (references.isEmpty()) {
            return owners;
        }
        Copies copies = records.ofStreamsFromStore(references);
        Map<UUID, List<StoredEvent>> moved = new HashMap<>();
        copies.streams().forEach((reference, events) -> {
            if (events.stream().anyMatch(event -> event.context().type().equals(QualificationMoved.TYPE))) {
                moved.put(reference, events);
            }
        });
        moved.keySet().forEach(reference -> owners.put(reference, new TreeMap<>()));
        references.stream()
                .filter(copies.refused()::contains)
                .forEach(reference -> owners.put(reference, new TreeMap<>()));
        if (!moved.isEmpty()) {
            Opened opened = opener.opened(new Copies(moved, Set.copyOf(moved.keySet()), Set.of(), copies.freshAsOf()));
            opened.qualifications()
                    .values()
                    .forEach(found -> found.forEach((reference, events) -> owners.put(reference, owners(events))));
        }
        return owners;
    }

    private static NavigableMap<Long, UUID> owners(List<OpenedEvent> events) {
        NavigableMap<Long, UUID> owners = new TreeMap<>();
        owners.put(0L, events.getFirst().stored().holder());
        events.forEach(opened -> {
            if (opened.event() instanceof QualificationMoved moved) {
                owners.put(opened.stored().context().version(), moved.to());
            }
        });
        return owners;
    }
}
