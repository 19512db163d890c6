package eu.diplomatics.query;

import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.PostgresEventLog;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.DisputeOutcome;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.DomainEvent.DisputeSettled;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.HolderLinkUndone;
import eu.diplomatics.qualification.DomainEvent.HolderLinked;
import eu.diplomatics.qualification.DomainEvent.MandateGranted;
import eu.diplomatics.qualification.DomainEvent.MandateWithdrawn;
import eu.diplomatics.qualification.DomainEvent.QualificationAnnulled;
import eu.diplomatics.qualification.DomainEvent.QualificationCorrected;
import eu.diplomatics.qualification.DomainEvent.QualificationDisputed;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import eu.diplomatics.qualification.DomainEvent.QualificationReceived;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.DomainEvent.QualificationReinstated;
import eu.diplomatics.qualification.DomainEvent.SupplierAdmitted;
import eu.diplomatics.qualification.EventCodec;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.LinkKind;
import eu.diplomatics.qualification.Mandate;
import eu.diplomatics.qualification.Mandates;
import eu.diplomatics.qualification.SupplierTerms;
import eu.diplomatics.qualification.Suppliers;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** Puts qualifications into the log as the registry does: index, holder, keys, seal, append. */
final class TestRegistry {
    static final String SUPPLIER = "KUL";

    private final Keyring keyring;
    private final HolderIndex index;
    private final PostgresEventLog log;
    private final EventSealer sealer = new EventSealer();
    private final EventCodec codec = new EventCodec();
    private final Map<UUID, UUID> holders = new HashMap<>();
    private final Map<UUID, Long> versions = new HashMap<>();
    private final Map<UUID, Long> holderVersions = new HashMap<>();
    private final Map<String, UUID> mandates = new HashMap<>();
    private final Map<UUID, Long> changes = new HashMap<>();
    private int generation = 1;

    TestRegistry(Keyring keyring, HolderIndex index, PostgresEventLog log) {
        this.keyring = keyring;
        this.index = index;
        this.log = log;
    }

    /** A registered qualification and where its latest event stands. */
    record Registered(UUID reference, UUID holder, EventPlace place) {}

    /** From now on. */
    void sealUnder(int newGeneration) {
        generation = newGeneration;
    }

    Registered register(Insz insz) {
        return register(insz, Examples.master());
    }

    Registered register(Insz insz, Basis basis) {
        IndexTerm term = IndexTerm.holder(insz);
        UUID holder = Objects.requireNonNull(index.claim(List.of(new HolderIndex.Claim(term, UUID.randomUUID(), null)))
                .get(term));
        return register(holder, new ByInsz(insz), basis);
    }

    /** Somebody with a number and no record: what came in was moved to somebody else, or is to come. */
    EventPlace identify(Insz insz) {
        IndexTerm term = IndexTerm.holder(insz);
        UUID holder = Objects.requireNonNull(index.claim(List.of(new HolderIndex.Claim(term, UUID.randomUUID(), null)))
                .get(term));
        Map<UUID, DataKey> keys = keyring.create(List.of(new NewKey(holder, generation, KeyRegime.ERASABLE)));
        try {
            return append(List.of(seal(holder, 1, holder, new HolderIdentified(new ByInsz(insz)), keys, true)));
        } finally {
            keys.values().forEach(DataKey::close);
        }
    }

    /** For a holder id of the test's choice: how a wrong index or a holder without number comes about. */
    Registered register(UUID holder, HolderIdentity identity, Basis basis) {
        UUID reference = UUID.randomUUID();
        Map<UUID, DataKey> keys = keyring.create(List.of(
                new NewKey(reference, generation, KeyRegime.STATUTORY),
                new NewKey(holder, generation, KeyRegime.ERASABLE)));
        List<SealedEvent> events = new ArrayList<>();
        try {
            events.add(seal(holder, 1, holder, new HolderIdentified(identity), keys, true));
            DomainEvent registered =
                    new QualificationRegistered(SUPPLIER, "ref-" + reference, basis, Examples.derived(), List.of());
            events.add(seal(reference, 1, holder, registered, keys, false));
        } finally {
            keys.values().forEach(DataKey::close);
        }
        holders.put(reference, holder);
        versions.put(reference, 1L);
        holderVersions.putIfAbsent(holder, 1L);
        return new Registered(reference, holder, append(events));
    }

    /** As the controller does. */
    EventPlace grant(Mandate terms) {
        UUID id = mandates.computeIfAbsent(terms.agency() + " " + terms.purpose(), any -> UUID.randomUUID());
        return refer(Mandates.STREAM, new MandateGranted(id, terms));
    }

    EventPlace withdraw(String agency, String purpose) {
        UUID id = Objects.requireNonNull(mandates.get(agency + " " + purpose));
        return refer(Mandates.STREAM, new MandateWithdrawn(id, agency, purpose, "NO_LONGER_NEEDED"));
    }

    EventPlace admit(SupplierTerms supplier) {
        return refer(Suppliers.STREAM, new SupplierAdmitted(supplier));
    }

    private EventPlace refer(UUID stream, DomainEvent event) {
        Map<UUID, DataKey> keys = keyring.create(List.of(new NewKey(stream, generation, KeyRegime.STATUTORY)));
        try {
            return append(List.of(seal(stream, changes.merge(stream, 1L, Long::sum), stream, event, keys, false)));
        } finally {
            keys.values().forEach(DataKey::close);
        }
    }

    Registered correct(UUID reference, Basis basis, String... unlisted) {
        return further(reference, new QualificationCorrected(basis, Examples.derived(), List.of(unlisted)));
    }

    Registered annul(UUID reference) {
        return further(reference, new QualificationAnnulled("AWARDED_IN_ERROR"));
    }

    Registered reinstate(UUID reference) {
        return further(reference, new QualificationReinstated("ANNULLED_IN_ERROR"));
    }

    Registered dispute(UUID reference) {
        return further(reference, new QualificationDisputed("WRONG_NAME", LocalDate.of(2026, 12, 24)));
    }

    /** By somebody who stands for whom it is about. */
    Registered disputeFor(UUID reference, String delegate) {
        return further(
                reference, new QualificationDisputed("WRONG_NAME", LocalDate.of(2026, 12, 24)), "delegate:" + delegate);
    }

    Registered settle(UUID reference) {
        return further(reference, new DisputeSettled(DisputeOutcome.UPHELD, "CHECKED"));
    }

    /** Both ends state it, in one append. */
    EventPlace link(UUID link, LinkKind kind, UUID from, UUID to) {
        return say(new HolderLinked(link, kind, from, to, "LATE"), from, to);
    }

    EventPlace undo(UUID link, UUID from, UUID to) {
        return say(new HolderLinkUndone(link, "WRONG"), from, to);
    }

    /** Puts an event into the streams of these holders, in one append. */
    EventPlace say(DomainEvent event, UUID... ends) {
        Map<UUID, DataKey> keys = keyring.open(List.of(ends));
        try {
            List<SealedEvent> events = new ArrayList<>();
            for (UUID end : ends) {
                events.add(seal(end, holderVersions.merge(end, 1L, Long::sum), end, event, keys, false));
            }
            return append(events);
        } finally {
            keys.values().forEach(DataKey::close);
        }
    }

    /** The qualification's own holder in the header stays whom it was filed under. */
    Registered move(UUID reference, UUID from, UUID to) {
        say(new QualificationReceived(reference), to);
        return further(reference, new QualificationMoved(from, to, "WRONG_PERSON"));
    }

    private Registered further(UUID reference, DomainEvent event) {
        return further(reference, event, "supplier:" + SUPPLIER);
    }

    private Registered further(UUID reference, DomainEvent event, String actor) {
        UUID holder = Objects.requireNonNull(holders.get(reference));
        long version = versions.merge(reference, 1L, Long::sum);
        Map<UUID, DataKey> keys = keyring.open(List.of(reference));
        try {
            return new Registered(
                    reference, holder, append(List.of(seal(reference, version, holder, event, keys, false, actor))));
        } finally {
            keys.values().forEach(DataKey::close);
        }
    }

    private SealedEvent seal(
            UUID stream, long version, UUID holder, DomainEvent event, Map<UUID, DataKey> keys, boolean ifAbsent) {
        return seal(stream, version, holder, event, keys, ifAbsent, "supplier:" + SUPPLIER);
    }

    private SealedEvent seal(
            UUID stream,
            long version,
            UUID holder,
            DomainEvent event,
            Map<UUID, DataKey> keys,
            boolean ifAbsent,
            String actor) {
        EventContext context = new EventContext(stream, version, event.type(), event.typeVersion());
        EventMetadata metadata = new EventMetadata(actor, "api", "a reason in words", "trace");
        return sealer.seal(
                context,
                holder,
                codec.encode(holder, event, metadata),
                Objects.requireNonNull(keys.get(stream)),
                List.of(),
                ifAbsent);
    }

    private EventPlace append(List<SealedEvent> events) {
        AppendUnit unit = new AppendUnit(UUID.randomUUID(), events, List.of());
        return switch (log.append(List.of(unit)).getFirst().join()) {
            case AppendOutcome.Appended(List<EventPlace> places) -> places.getLast();
            case AppendOutcome.AppendedBefore(List<EventPlace> places) -> places.getLast();
            case AppendOutcome.Clashed clashed -> throw new IllegalStateException("clashed");
        };
    }
}
