package eu.diplomatics.query.disclosure;

import eu.diplomatics.eventstore.SealBrokenException;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationEvent;
import eu.diplomatics.qualification.HolderIdentity;
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

    /** Opened records, by holder, and how fresh they are. */
    record Opened(Map<UUID, Person> people, FreshAsOf freshAsOf) {}

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
                .anyMatch(events ->
                        !copies.streams().containsKey(events.getFirst().holder()));
    }

    /** One qualification with its holder; empty when the reference leads to none. */
    Optional<Found> qualification(UUID reference) {
        Copies copies = stream(reference);
        List<StoredEvent> stream = copies.streams().get(reference);
        if (stream == null || stream.getFirst().holder().equals(reference)) {
            return Optional.empty();
        }
        UUID holder = stream.getFirst().holder();
        Map<UUID, List<StoredEvent>> both = new HashMap<>(copies.streams());
        both.putAll(stream(holder).streams());
        Person person = opened(new Copies(both, copies.freshAsOf())).people().get(holder);
        List<OpenedEvent> events =
                person == null ? null : person.qualifications().get(reference);
        return person == null || events == null
                ? Optional.empty()
                : Optional.of(new Found(person, events, copies.freshAsOf()));
    }

    /** What the projection does not have, the store may: nobody is told "unknown" for a row that is gone here. */
    private Copies stream(UUID id) {
        Copies copies = records.ofStreams(List.of(id));
        return copies.streams().isEmpty() ? records.ofStreamsFromStore(List.of(id)) : copies;
    }

    /** What does not open is read from the store once: only when that does not open either is it refused. */
    private Opened opened(Copies copies) {
        try {
            return group(copies);
        } catch (SealBrokenException broken) {
            return again(copies, broken.position());
        } catch (HolderMismatchException moved) {
            return again(copies, moved.position());
        }
    }

    private Opened again(Copies copies, long position) {
        Set<UUID> streams = new HashSet<>();
        copies.streams().forEach((stream, events) -> {
            if (events.stream().anyMatch(event -> event.position() == position)) {
                streams.add(stream);
            }
        });
        Map<UUID, List<StoredEvent>> replaced = new HashMap<>(copies.streams());
        replaced.putAll(records.ofBrokenStreams(streams).streams());
        try {
            return group(new Copies(replaced, copies.freshAsOf()));
        } catch (SealBrokenException | HolderMismatchException broken) {
            alarms.recordBroken(position);
            throw ProblemException.later(ProblemCode.RECORD_UNAVAILABLE, "Operators have been told.", RETRY_AFTER);
        }
    }

    private Opened group(Copies copies) {
        List<StoredEvent> sealed =
                copies.streams().values().stream().flatMap(List::stream).toList();
        Map<UUID, @Nullable HolderIdentity> identities = new HashMap<>();
        Map<UUID, Map<UUID, List<OpenedEvent>>> qualifications = new HashMap<>();
        for (OpenedEvent event : vault.open(sealed)) {
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
        return new Opened(people, copies.freshAsOf());
    }
}
