package eu.diplomatics.query.disclosure;

import eu.diplomatics.eventstore.SealBrokenException;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.keyring.Shredding;
import eu.diplomatics.qualification.DomainEvent.HolderEvent;
import eu.diplomatics.qualification.DomainEvent.QualificationEvent;
import eu.diplomatics.qualification.Holder;
import eu.diplomatics.qualification.Holder.Noted;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Person;
import eu.diplomatics.qualification.Qualification;
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
import eu.diplomatics.vault.Opening;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Opens sealed records for the gate, and for nobody else. */
@Component
final class Opener {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final SealedRecords records;
    private final EventVault vault;
    private final ShredLedger shreddings;
    private final Alarms alarms;
    private final Decoys decoys;
    private final Counter work;

    Opener(
            SealedRecords records,
            EventVault vault,
            ShredLedger shreddings,
            Alarms alarms,
            Decoys decoys,
            MeterRegistry metrics) {
        this.records = records;
        this.vault = vault;
        this.shreddings = shreddings;
        this.alarms = alarms;
        this.decoys = decoys;
        this.work = metrics.counter("diplomatics.disclosure.opened");
    }

    /**
     * One qualification and whose it is.
     *
     * @param holder whose it is now; where nobody can tell that any more, whom it was filed under
     * @param known what is known of the holder; null when its identity was erased
     * @param erased why it was erased; null when it was not
     * @param shredded the record when nobody can read it any more; {@code events} is empty then
     */
    record Found(
            UUID holder,
            @Nullable Holder known,
            @Nullable ShreddedStream erased,
            List<OpenedEvent> events,
            @Nullable ShreddedStream shredded,
            FreshAsOf freshAsOf) {
        /** Whether {@code holder} is whose it is: content that is gone took along to whom it was moved. */
        boolean isHolderKnown() {
            return shredded == null || shredded.moves() == 0;
        }

        @Nullable
        HolderIdentity identity() {
            return known == null ? null : known.identity();
        }

        @Override
        public String toString() {
            return "Found[redacted]";
        }
    }

    /**
     * All that there is about these holders and whoever they are linked with, what was moved to them included. Nearly
     * always one look; each link and each move that leads further is one more. An id that is nobody's is as much work as
     * that of a person with one record.
     */
    Opened holders(Collection<UUID> wanted) {
        Copies read = copiesOf(wanted);
        Opened first = opened(read, decoys.standIns(wanted, read.streams().values()));
        Circle circle = new Circle(first.freshAsOf());
        circle.add(first, wanted);
        boolean compared = false;
        while (true) {
            Set<UUID> linked = circle.linked();
            Set<UUID> received = circle.received();
            Set<UUID> disagreeing = circle.disagreeing();
            if (!linked.isEmpty()) {
                circle.add(opened(copiesOf(linked)), linked);
            } else if (!received.isEmpty()) {
                circle.add(ofReferences(received), received);
            } else if (disagreeing.isEmpty()) {
                return circle.opened();
            } else if (!compared) {
                // the two ends arrive on their own; the store has both or none
                circle.add(opened(records.ofStreamsFromStore(disagreeing)), disagreeing);
                compared = true;
            } else {
                alarms.linkOneSided(disagreeing.size());
                circle.refuse(disagreeing);
                return circle.opened();
            }
        }
    }

    private Copies copiesOf(Collection<UUID> holders) {
        Copies copies = records.ofHolders(holders);
        return identityMissing(copies) ? records.ofHoldersFromStore(holders) : copies;
    }

    private Opened ofReferences(Set<UUID> references) {
        Copies copies = records.ofStreams(references);
        boolean complete = copies.streams().keySet().containsAll(references);
        return opened(complete ? copies : records.ofStreamsFromStore(references));
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
        UUID filedUnder = stream.getFirst().holder();
        Copies identity = stream(filedUnder);
        Map<UUID, List<StoredEvent>> both = new HashMap<>(copies.streams());
        both.putAll(identity.streams());
        Set<UUID> fromStore = new HashSet<>(copies.fromStore());
        fromStore.addAll(identity.fromStore());
        Opened opened = opened(new Copies(both, fromStore, identity.refused(), copies.freshAsOf()));
        refuseBroken(opened.refused(), reference);
        ShreddedStream shredded = opened.shredded().get(reference);
        if (shredded != null && shredded.moves() > 0) {
            return Optional.of(new Found(filedUnder, null, null, List.of(), shredded, copies.freshAsOf()));
        }
        if (shredded != null) {
            return Optional.of(new Found(
                    filedUnder,
                    opened.holders().get(filedUnder),
                    opened.shredded().get(filedUnder),
                    List.of(),
                    shredded,
                    copies.freshAsOf()));
        }
        Optional<UUID> holder = opened.qualifications().entrySet().stream()
                .filter(entry -> entry.getValue().containsKey(reference))
                .map(Map.Entry::getKey)
                .findFirst();
        if (holder.isEmpty()) {
            return Optional.empty();
        }
        UUID whose = holder.get();
        Opened known = whose.equals(filedUnder) ? opened : opened(stream(whose));
        refuseBroken(known.refused(), whose);
        List<OpenedEvent> events =
                Objects.requireNonNull(opened.qualificationsOf(whose).get(reference));
        return Optional.of(new Found(
                whose, known.holders().get(whose), known.shredded().get(whose), events, null, copies.freshAsOf()));
    }

    /** Whoever a qualification belongs to; empty where nobody can tell. */
    Optional<Person> person(Found found) {
        Holder known = found.known();
        if (known == null) {
            return Optional.empty();
        }
        if (known.links().isEmpty()) {
            return Optional.of(Person.around(known.id(), Map.of(known.id(), known)));
        }
        Opened opened = holders(List.of(known.id()));
        Person person = Person.around(known.id(), opened.holders());
        if (opened.refuses(person)) {
            throw unavailable();
        }
        return Optional.of(person);
    }

    /** The numbers, replaced ones included, of whoever a qualification belongs to. */
    Set<Insz> numbersOf(Found found) {
        return person(found).stream()
                .flatMap(person -> person.holders().values().stream())
                .flatMap(holder -> holder.number().stream())
                .collect(Collectors.toSet());
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
    Opened opened(Copies copies) {
        return opened(copies, List.of());
    }

    /** @param standIns opened as well, and in what is returned under ids that nothing leads to */
    private Opened opened(Copies copies, List<List<StoredEvent>> standIns) {
        Read events = new Read();
        List<Broken> broken = new ArrayList<>();
        Map<UUID, Broken> rows = new HashMap<>();
        List<List<StoredEvent>> streams = new ArrayList<>(copies.streams().values());
        streams.addAll(standIns);
        for (Broken each : open(streams, events)) {
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
        return sorted(events, copies, refused);
    }

    /** Opens all at once; where that fails halves them, until what does not open stands alone, and returns that. */
    private List<Broken> open(List<List<StoredEvent>> streams, Read read) {
        try {
            List<Opening> openings =
                    vault.openEach(streams.stream().flatMap(List::stream).toList());
            work.increment(openings.size());
            read.add(openings);
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
            List<Broken> broken = new ArrayList<>(open(streams.subList(0, half), read));
            broken.addAll(open(streams.subList(half, streams.size()), read));
            return broken;
        }
    }

    /** By whom they are about; what cannot follow what stands before it is as broken as what does not open. */
    private Opened sorted(Read read, Copies copies, Set<UUID> refused) {
        Map<UUID, ShreddedStream> shredded = shredded(read.keyless, refused);
        Map<UUID, List<OpenedEvent>> streams = new LinkedHashMap<>();
        read.opened.forEach(event -> streams.computeIfAbsent(event.stored().context().stream(), id -> new ArrayList<>())
                .add(event));
        Map<UUID, Holder> holders = new HashMap<>();
        Map<UUID, Map<UUID, List<OpenedEvent>>> qualifications = new HashMap<>();
        streams.forEach((id, stream) -> {
            try {
                if (stream.getFirst().event() instanceof HolderEvent) {
                    holders.put(id, holder(id, stream));
                } else if (stream.getFirst().event() instanceof QualificationEvent) {
                    qualifications
                            .computeIfAbsent(whose(stream), holder -> new HashMap<>())
                            .put(id, stream);
                }
            } catch (IllegalStateException cannotFollow) {
                alarms.recordBroken(stream.getFirst().stored().position());
                refused.add(id);
                refused.add(stream.getFirst().stored().holder());
            }
        });
        return new Opened(
                holders, qualifications, shredded, Set.copyOf(copies.streams().keySet()), refused, copies.freshAsOf());
    }

    /** What was read: opened, or without a key. */
    private static final class Read {
        private final List<OpenedEvent> opened = new ArrayList<>();
        private final Map<UUID, List<StoredEvent>> keyless = new HashMap<>();

        void add(List<Opening> openings) {
            for (Opening opening : openings) {
                switch (opening) {
                    case Opening.Opened(OpenedEvent event) -> opened.add(event);
                    case Opening.Shredded(StoredEvent stored) ->
                        keyless.computeIfAbsent(stored.context().stream(), id -> new ArrayList<>())
                                .add(stored);
                }
            }
        }
    }

    /** A key that is gone without a word in the ledger was not shredded: somebody removed it. */
    private Map<UUID, ShreddedStream> shredded(Map<UUID, List<StoredEvent>> keyless, Set<UUID> refused) {
        Map<UUID, Shredding> ledger = shreddings.of(keyless.keySet());
        Map<UUID, ShreddedStream> shredded = new HashMap<>();
        keyless.forEach((stream, events) -> {
            Shredding why = ledger.get(stream);
            if (why == null) {
                alarms.recordBroken(events.getFirst().position());
                refused.add(stream);
                refused.add(events.getFirst().holder());
            } else {
                shredded.put(stream, new ShreddedStream(List.copyOf(events), why));
            }
        });
        return shredded;
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

    private static UUID whose(List<OpenedEvent> stream) {
        List<QualificationEvent> facts = new ArrayList<>(stream.size());
        for (OpenedEvent opened : stream) {
            if (opened.event() instanceof QualificationEvent fact) {
                facts.add(fact);
            }
        }
        return Qualification.holder(stream.getFirst().stored().holder(), facts);
    }
}
