package eu.diplomatics.query.disclosure;

import eu.diplomatics.eventstore.SealBrokenException;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationEvent;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.UnknownEventTypeException;
import eu.diplomatics.qualification.UnreadableEventException;
import eu.diplomatics.query.freshness.FreshAsOf;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import eu.diplomatics.query.projection.Copies;
import eu.diplomatics.query.projection.SealedRecords;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.HolderMismatchException;
import eu.diplomatics.vault.OpenedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Opens sealed records for the gate, and for nobody else. */
@Component
final class Opener {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final SealedRecords records;
    private final EventVault vault;
    private final Alarms alarms;

    Opener(SealedRecords records, EventVault vault, Alarms alarms) {
        this.records = records;
        this.vault = vault;
        this.alarms = alarms;
    }

    /**
     * One holder with the qualifications asked for.
     *
     * @param identity null when it was erased
     */
    record Person(UUID holder, @Nullable HolderIdentity identity, Map<UUID, List<OpenedEvent>> qualifications) {
        @Override
        public String toString() {
            return "Person[" + holder + ", redacted]";
        }
    }

    /** One qualification and whose it is. */
    record Found(Person person, List<OpenedEvent> events, FreshAsOf freshAsOf) {
        @Override
        public String toString() {
            return "Found[redacted]";
        }
    }

    /**
     * Opened records, by holder.
     *
     * @param refused streams and holders about whom nothing may be answered: a record of theirs is broken in the store
     */
    record Opened(Map<UUID, Person> people, Set<UUID> refused, FreshAsOf freshAsOf) {}

    /** A stream that does not open, and why. */
    private record Broken(List<StoredEvent> events, RuntimeException failure) {
        UUID stream() {
            return events.getFirst().context().stream();
        }

        UUID holder() {
            return events.getFirst().holder();
        }

        /** Its key is one and the same for every copy of the stream. */
        boolean isStored() {
            return failure instanceof KeyTamperedException;
        }

        long position() {
            return switch (failure) {
                case SealBrokenException seal -> seal.position();
                case HolderMismatchException moved -> moved.position();
                default -> events.getFirst().position();
            };
        }
    }

    /** All that there is about these holders. */
    Opened holders(Collection<UUID> holders) {
        Copies copies = records.ofHolders(holders);
        if (identityMissing(copies)) {
            copies = records.ofHoldersFromStore(holders);
        }
        return opened(copies);
    }

    FreshAsOf freshAsOf() {
        return records.ofHolders(List.of()).freshAsOf();
    }

    /** A row of the projection may be gone: qualifications without their holder are not taken as they are. */
    private static boolean identityMissing(Copies copies) {
        return copies.streams().values().stream()
                .map(events -> events.getFirst().holder())
                .anyMatch(holder -> !copies.streams().containsKey(holder)
                        && !copies.refused().contains(holder));
    }

    /**
     * One qualification with its holder; empty when the reference leads to none.
     *
     * @throws ProblemException {@code RECORD_UNAVAILABLE} when a record of either is broken
     */
    Optional<Found> qualification(UUID reference) {
        Copies copies = stream(reference);
        refuseBroken(copies.refused(), reference);
        List<StoredEvent> stream = copies.streams().get(reference);
        if (stream == null || stream.getFirst().holder().equals(reference)) {
            return Optional.empty();
        }
        UUID holder = stream.getFirst().holder();
        Copies identity = stream(holder);
        Map<UUID, List<StoredEvent>> both = new HashMap<>(copies.streams());
        both.putAll(identity.streams());
        Set<UUID> fromStore = new HashSet<>(copies.fromStore());
        fromStore.addAll(identity.fromStore());
        Opened opened = opened(new Copies(both, fromStore, identity.refused(), copies.freshAsOf()));
        refuseBroken(opened.refused(), reference);
        refuseBroken(opened.refused(), holder);
        Person person = opened.people().get(holder);
        List<OpenedEvent> events =
                person == null ? null : person.qualifications().get(reference);
        return person == null || events == null
                ? Optional.empty()
                : Optional.of(new Found(person, events, copies.freshAsOf()));
    }

    /** What the projection does not have, the store may: nobody is told "unknown" for a row that is gone here. */
    private Copies stream(UUID id) {
        Copies copies = records.ofStreams(List.of(id));
        return copies.streams().isEmpty() && copies.refused().isEmpty()
                ? records.ofStreamsFromStore(List.of(id))
                : copies;
    }

    private static void refuseBroken(Set<UUID> refused, UUID id) {
        if (refused.contains(id)) {
            throw unavailable();
        }
    }

    static ProblemException unavailable() {
        return ProblemException.later(ProblemCode.RECORD_UNAVAILABLE, "Operators have been told.", RETRY_AFTER);
    }

    /** What does not open is read from the store once; what does not open there either is refused, and nothing else. */
    private Opened opened(Copies copies) {
        List<OpenedEvent> events = new ArrayList<>();
        List<Broken> broken = new ArrayList<>();
        Map<UUID, Broken> rows = new HashMap<>();
        for (Broken each : open(List.copyOf(copies.streams().values()), events)) {
            if (each.isStored() || copies.fromStore().contains(each.stream())) {
                broken.add(each);
            } else {
                rows.put(each.stream(), each);
            }
        }
        Set<UUID> refused = new HashSet<>(copies.refused());
        if (!rows.isEmpty()) {
            Copies originals = records.ofBrokenStreams(rows.keySet());
            refused.addAll(originals.refused());
            broken.addAll(open(List.copyOf(originals.streams().values()), events));
        }
        for (Broken each : broken) {
            alarms.recordBroken(each.position());
            refused.add(each.stream());
            refused.add(each.holder());
        }
        rows.forEach((stream, row) -> {
            if (refused.contains(stream)) {
                refused.add(row.holder());
            }
        });
        return new Opened(people(events), refused, copies.freshAsOf());
    }

    /** Opens all at once; where that fails halves them, until what does not open stands alone, and returns that. */
    private List<Broken> open(List<List<StoredEvent>> streams, List<OpenedEvent> opened) {
        try {
            opened.addAll(vault.open(streams.stream().flatMap(List::stream).toList()));
            return List.of();
        } catch (SealBrokenException
                | HolderMismatchException
                | KeyTamperedException
                | UnknownEventTypeException
                | UnreadableEventException e) {
            int half = streams.size() / 2;
            if (half == 0) {
                return List.of(new Broken(streams.getFirst(), e));
            }
            List<Broken> broken = new ArrayList<>(open(streams.subList(0, half), opened));
            broken.addAll(open(streams.subList(half, streams.size()), opened));
            return broken;
        }
    }

    private static Map<UUID, Person> people(List<OpenedEvent> events) {
        Map<UUID, @Nullable HolderIdentity> identities = new HashMap<>();
        Map<UUID, Map<UUID, List<OpenedEvent>>> qualifications = new HashMap<>();
        for (OpenedEvent event : events) {
            UUID holder = event.stored().holder();
            switch (event.event()) {
                case HolderIdentified identified -> identities.put(holder, identified.identity());
                case QualificationEvent fact ->
                    qualifications
                            .computeIfAbsent(holder, id -> new HashMap<>())
                            .computeIfAbsent(event.stored().context().stream(), id -> new ArrayList<>())
                            .add(event);
            }
        }
        Set<UUID> holders = new HashSet<>(identities.keySet());
        holders.addAll(qualifications.keySet());
        Map<UUID, Person> people = new HashMap<>();
        for (UUID holder : holders) {
            people.put(
                    holder, new Person(holder, identities.get(holder), qualifications.getOrDefault(holder, Map.of())));
        }
        return people;
    }
}
