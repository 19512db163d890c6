package eu.diplomatics.registry.identity;

import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.DomainEvent.HolderEvent;
import eu.diplomatics.qualification.Holder;
import eu.diplomatics.qualification.Holder.Noted;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import eu.diplomatics.vault.Opening;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/** Reads from the log what it says of holders and of those they are linked with. */
final class People {
    private final EventReader reader;
    private final EventVault vault;

    People(EventReader reader, EventVault vault) {
        this.reader = reader;
        this.vault = vault;
    }

    /**
     * What the log says.
     *
     * @param streams the holders' own events, opened
     * @param erased holders that were identified and whose key is gone
     */
    record Known(Map<UUID, Holder> holders, Map<UUID, List<OpenedEvent>> streams, Set<UUID> erased) {
        /** The position of a holder's latest event, 0 when the log does not know it. */
        long lastPosition(UUID holder) {
            List<OpenedEvent> stream = streams.get(holder);
            return stream == null ? 0 : stream.getLast().stored().position();
        }

        /** Where the latest event of a holder's stream stands that is of this kind. */
        Optional<EventPlace> latest(UUID holder, Predicate<DomainEvent> kind) {
            return streams.getOrDefault(holder, List.of()).reversed().stream()
                    .filter(opened -> kind.test(opened.event()))
                    .findFirst()
                    .map(opened -> place(opened.stored()));
        }
    }

    static EventPlace place(StoredEvent event) {
        return new EventPlace(
                event.context().stream(),
                event.context().version(),
                event.position(),
                event.recordedAt(),
                event.leaf());
    }

    /** These holders and all that their links lead to. */
    Known around(Collection<UUID> first) {
        Map<UUID, Holder> holders = new HashMap<>();
        Map<UUID, List<OpenedEvent>> streams = new HashMap<>();
        Set<UUID> erased = new HashSet<>();
        Set<UUID> asked = new HashSet<>();
        for (Set<UUID> next = Set.copyOf(first); !next.isEmpty(); next = linked(holders, asked)) {
            asked.addAll(next);
            open(next, streams, erased).forEach((id, stream) -> holders.put(id, holder(id, stream)));
        }
        return new Known(holders, streams, erased);
    }

    private static Set<UUID> linked(Map<UUID, Holder> holders, Set<UUID> asked) {
        Set<UUID> linked = new HashSet<>();
        holders.forEach((id, holder) -> holder.links().values().forEach(link -> linked.add(link.other(id))));
        linked.removeAll(asked);
        return linked;
    }

    private Map<UUID, List<OpenedEvent>> open(Set<UUID> ids, Map<UUID, List<OpenedEvent>> streams, Set<UUID> erased) {
        List<StoredEvent> stored =
                reader.streams(ids).values().stream().flatMap(List::stream).toList();
        Map<UUID, List<OpenedEvent>> opened = new HashMap<>();
        for (Opening opening : vault.openEach(stored)) {
            switch (opening) {
                case Opening.Opened(OpenedEvent event) ->
                    opened.computeIfAbsent(event.stored().context().stream(), id -> new ArrayList<>())
                            .add(event);
                case Opening.Shredded(StoredEvent event) -> erased.add(event.context().stream());
            }
        }
        opened.values().removeIf(stream -> !(stream.getFirst().event() instanceof HolderEvent));
        streams.putAll(opened);
        return opened;
    }

    private static Holder holder(UUID id, List<OpenedEvent> stream) {
        List<Noted> noted = new ArrayList<>(stream.size());
        for (OpenedEvent opened : stream) {
            if (opened.event() instanceof HolderEvent event) {
                noted.add(new Noted(
                        event, opened.metadata().actor(), opened.stored().recordedAt()));
            }
        }
        return Holder.of(id, noted);
    }
}
