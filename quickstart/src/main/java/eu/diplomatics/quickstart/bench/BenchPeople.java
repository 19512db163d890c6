package eu.diplomatics.quickstart.bench;

import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.quickstart.load.Loader;
import eu.diplomatics.quickstart.sample.SampleRegistration;
import eu.diplomatics.taxonomy.Taxonomy;
import eu.diplomatics.vault.EventVault;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The sample's people who have a number, with their qualifications, put into keyring and log as the registry does. */
final class BenchPeople {
    private static final int AT_ONCE = 250;
    private static final long SEED = 1;

    private final Keyring keyring;
    private final HolderIndex index;
    private final EventVault vault;
    private final EventLog log;
    private final Taxonomy taxonomy = Taxonomy.current();
    private final Iterator<SampleRegistration> records = Loader.records(SEED, Long.MAX_VALUE);

    BenchPeople(Keyring keyring, HolderIndex index, EventLog log) {
        this.keyring = keyring;
        this.index = index;
        this.vault = new EventVault(keyring);
        this.log = log;
    }

    /** A person and the random id that stands for them. */
    record Person(Insz insz, UUID holder) {}

    /** Registers at least so many people, others each time. */
    List<Person> register(int count) {
        List<Person> people = new ArrayList<>();
        Map<Insz, List<SampleRegistration>> some = new LinkedHashMap<>();
        while (people.size() < count) {
            SampleRegistration next = records.next();
            if (next.request().holder() instanceof ByInsz(Insz insz)) {
                if (some.size() == AT_ONCE && !some.containsKey(insz)) {
                    people.addAll(append(some));
                    some.clear();
                }
                some.computeIfAbsent(insz, any -> new ArrayList<>()).add(next);
            }
        }
        return people;
    }

    /** Registers at least so many people, on as many threads as there are processors. */
    void fill(int count) throws Exception {
        try (ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<List<Person>>> parts = new ArrayList<>();
            Map<Insz, List<SampleRegistration>> some = new LinkedHashMap<>();
            for (int people = 0; people < count; ) {
                SampleRegistration next = records.next();
                if (next.request().holder() instanceof ByInsz(Insz insz)) {
                    if (some.size() == AT_ONCE && !some.containsKey(insz)) {
                        Map<Insz, List<SampleRegistration>> part = some;
                        parts.add(threads.submit(() -> append(part)));
                        people += some.size();
                        some = new LinkedHashMap<>();
                    }
                    some.computeIfAbsent(insz, any -> new ArrayList<>()).add(next);
                }
            }
            for (Future<List<Person>> part : parts) {
                part.get();
            }
        }
    }

    private List<Person> append(Map<Insz, List<SampleRegistration>> registrations) {
        List<Person> people = people(registrations.keySet().stream().toList());
        Map<SampleRegistration, UUID> references = new IdentityHashMap<>();
        List<NewKey> wanted = new ArrayList<>();
        for (Person person : people) {
            wanted.add(NewKey.first(person.holder(), KeyRegime.ERASABLE));
            for (SampleRegistration registration : registrations.getOrDefault(person.insz(), List.of())) {
                UUID reference = UUID.randomUUID();
                references.put(registration, reference);
                wanted.add(NewKey.first(reference, KeyRegime.STATUTORY));
            }
        }
        Map<UUID, DataKey> keys = keyring.create(wanted);
        EventMetadata metadata = new EventMetadata("supplier:bench", "batch", "", "bench");
        List<AppendUnit> units = new ArrayList<>();
        for (Person person : people) {
            UUID holder = person.holder();
            List<SealedEvent> events = new ArrayList<>();
            HolderIdentified identified = new HolderIdentified(new ByInsz(person.insz()));
            events.add(vault.seal(holder, 1, holder, identified, metadata, keys.get(holder), List.of(), true));
            for (SampleRegistration registration : registrations.getOrDefault(person.insz(), List.of())) {
                UUID reference = Objects.requireNonNull(references.get(registration));
                QualificationRegistered registered = registered(registration);
                events.add(
                        vault.seal(reference, 1, holder, registered, metadata, keys.get(reference), List.of(), false));
            }
            units.add(new AppendUnit(UUID.randomUUID(), events, List.of()));
        }
        keys.values().forEach(DataKey::close);
        for (CompletableFuture<AppendOutcome> outcome : log.append(units)) {
            if (!(outcome.join() instanceof AppendOutcome.Appended)) {
                throw new IllegalStateException("not appended");
            }
        }
        return people;
    }

    private List<Person> people(List<Insz> numbers) {
        Map<IndexTerm, UUID> holders = index.claim(numbers.stream()
                .map(insz -> new HolderIndex.Claim(IndexTerm.holder(insz), UUID.randomUUID(), null))
                .toList());
        return numbers.stream()
                .map(insz -> new Person(insz, Objects.requireNonNull(holders.get(IndexTerm.holder(insz)))))
                .toList();
    }

    private QualificationRegistered registered(SampleRegistration registration) {
        RegistrationRequest request = registration.request();
        return new QualificationRegistered(
                registration.supplier(),
                request.supplierReference(),
                request.basis(),
                taxonomy.derive(request.basis()),
                List.of());
    }
}
