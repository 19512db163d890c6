package eu.diplomatics.quickstart.bench;

import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.BlindIndexValue;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Derived;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.PartialDate;
import eu.diplomatics.vault.EventVault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Test persons with two qualifications each, put into keyring and log as the registry does. */
final class BenchPeople {
    private static final int ROWS = 500;

    private final Keyring keyring;
    private final BlindIndex index;
    private final EventVault vault;
    private final EventLog log;

    BenchPeople(Keyring keyring, BlindIndex index, EventLog log) {
        this.keyring = keyring;
        this.index = index;
        this.vault = new EventVault(keyring);
        this.log = log;
    }

    /** A person and the random id that stands for them. */
    record Person(Insz insz, UUID holder) {}

    List<Person> register(int count) {
        List<Person> people = new ArrayList<>();
        for (int from = 0; from < count; from += ROWS) {
            people.addAll(rows(from, Math.min(count, from + ROWS)));
        }
        return people;
    }

    private List<Person> rows(int from, int to) {
        Map<Insz, IndexTerm> terms = new LinkedHashMap<>();
        for (int i = from; i < to; i++) {
            Insz insz = insz(i);
            terms.put(insz, IndexTerm.holder(insz));
        }
        Map<IndexTerm, BlindIndexValue> values = index.of(terms.values());
        Map<BlindIndexValue, UUID> candidates = new HashMap<>();
        values.values().forEach(value -> candidates.put(value, UUID.randomUUID()));
        Map<BlindIndexValue, UUID> holders = keyring.claim(candidates);
        List<Person> people = new ArrayList<>();
        terms.forEach((insz, term) -> people.add(
                new Person(insz, Objects.requireNonNull(holders.get(Objects.requireNonNull(values.get(term)))))));
        append(people);
        return people;
    }

    private void append(List<Person> people) {
        List<NewKey> wanted = new ArrayList<>();
        Map<Person, List<UUID>> references = new HashMap<>();
        for (Person person : people) {
            List<UUID> two = List.of(UUID.randomUUID(), UUID.randomUUID());
            references.put(person, two);
            wanted.add(NewKey.first(person.holder(), KeyRegime.ERASABLE));
            two.forEach(reference -> wanted.add(NewKey.first(reference, KeyRegime.STATUTORY)));
        }
        Map<UUID, DataKey> keys = keyring.create(wanted);
        EventMetadata metadata = new EventMetadata("supplier:bench", "batch", "", "bench");
        List<AppendUnit> units = new ArrayList<>();
        for (Person person : people) {
            UUID holder = person.holder();
            List<SealedEvent> events = new ArrayList<>();
            HolderIdentified identified = new HolderIdentified(new ByInsz(person.insz()));
            events.add(vault.seal(holder, 1, holder, identified, metadata, keys.get(holder), List.of(), true));
            for (UUID reference : Objects.requireNonNull(references.get(person))) {
                QualificationRegistered registered =
                        new QualificationRegistered("bench", reference.toString(), basis(), derived(), List.of());
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
    }

    /** A test person: month raised by 60. */
    private static Insz insz(int n) {
        String nine = String.format(
                Locale.ROOT,
                "%02d%02d%02d%03d",
                50 + n / 997 / 28 / 12 % 50,
                61 + n / 997 / 28 % 12,
                n / 997 % 28 + 1,
                n % 997 + 1);
        return new Insz(String.format(Locale.ROOT, "%s%02d", nine, 97 - Long.parseLong(nine) % 97));
    }

    private static Basis basis() {
        return new Basis(
                "Authentiek",
                "Hoger onderwijs",
                "Master",
                "Niet van toepassing",
                null,
                null,
                "Diploma",
                "Eindbewijs",
                "Universiteit",
                new Basis.Subject("312002", "Sociologie"),
                new PartialDate(2019, 6, 28),
                "Master of Science in de sociologie",
                "BEL",
                "nld",
                new Basis.Institution("Katholieke Universiteit Leuven", "110131"),
                "Niet van toepassing",
                new Basis.Detail("Sociologie", "10010"),
                null,
                null,
                null,
                null,
                List.of(),
                List.of());
    }

    private static Derived derived() {
        return new Derived(
                new Derived.Code("312", "Sociologie en cultuurwetenschappen"),
                new Derived.Code("0314", "Sociology and cultural studies"),
                new Derived.Code("5A", null),
                new Derived.Code("7", "Master's or equivalent level"),
                new Derived.Code("7", "Niveau 7"),
                null,
                7,
                "bench");
    }
}
