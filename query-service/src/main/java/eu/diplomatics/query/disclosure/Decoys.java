package eu.diplomatics.query.disclosure;

import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.Leaf;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.DecoyKeys;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Derived;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.EventCodec;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.PartialDate;
import eu.diplomatics.query.disclosure.Answers.Part;
import eu.diplomatics.query.disclosure.Answers.QualificationAnswer;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * People who are nobody, with a record each. They are opened in place of what there is not, and no question leads to them:
 * so the time of an answer does not tell whether somebody is known, or has records. In this process only.
 */
@Component
final class Decoys {
    /** As many as share a round trip when each is asked about by its own request. */
    static final int AT_ONCE = 32;
    /** Where no event of the log stands. */
    private static final long POSITION = 0;

    private static final EventMetadata METADATA = new EventMetadata("supplier:none", "api", "", "none");
    private static final ByInsz NOBODY = new ByInsz(new Insz("90610100155"));
    private static final DomainEvent IDENTIFIED = new HolderIdentified(NOBODY);
    private static final QualificationRegistered REGISTERED = new QualificationRegistered(
            "none",
            "none-0000-0000-0000-0000",
            new Basis(
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
                    new Basis.Institution("Universiteit", "110131"),
                    "Niet van toepassing",
                    new Basis.Detail("Sociologie", "10010"),
                    null,
                    null,
                    null,
                    null,
                    List.of(),
                    List.of(new Basis.AdditionalInformation("Bewijs omschrijving", "Master of Science"))),
            new Derived(
                    new Derived.Code("312", "Sociologie en cultuurwetenschappen"),
                    new Derived.Code("0314", "Sociology and cultural studies"),
                    new Derived.Code("5A", null),
                    new Derived.Code("7", "Master's or equivalent level"),
                    new Derived.Code("7", "Niveau 7"),
                    null,
                    7,
                    "2026-1"),
            List.of());

    private static final QualificationAnswer ANSWER = new QualificationAnswer(
            new UUID(0, 0),
            1,
            Instant.EPOCH,
            Answers.State.REGISTERED,
            null,
            null,
            null,
            REGISTERED.supplier(),
            REGISTERED.supplierReference(),
            NOBODY,
            null,
            Part.whole(REGISTERED.basis()),
            Part.whole(REGISTERED.derived()),
            null,
            null,
            null);

    private final DecoyKeys keys;
    private final JsonMapper json;
    private final EventSealer sealer = new EventSealer();
    private final EventCodec codec = new EventCodec();
    private volatile Pool pool;

    Decoys(DecoyKeys keys, JsonMapper json) {
        this.keys = keys;
        this.json = json;
        this.pool = pool(1);
    }

    private record Decoy(List<StoredEvent> identity, List<StoredEvent> record) {}

    private record Pool(int generation, List<Decoy> decoys) {}

    /**
     * What to open beside what was read about these people: an identity for each who has none, a record for each who has
     * none; sealed under the key generation that was read last.
     */
    List<List<StoredEvent>> standIns(Collection<UUID> people, Collection<List<StoredEvent>> read) {
        Set<UUID> withIdentity = new HashSet<>();
        Set<UUID> withRecord = new HashSet<>();
        for (List<StoredEvent> stream : read) {
            StoredEvent event = stream.getFirst();
            boolean identity = event.context().stream().equals(event.holder());
            (identity ? withIdentity : withRecord).add(event.holder());
        }
        List<Decoy> decoys = of(read).decoys();
        List<List<StoredEvent>> standIns = new ArrayList<>();
        int identities = 0;
        int records = 0;
        for (UUID person : people) {
            if (!withIdentity.contains(person) && identities < AT_ONCE) {
                standIns.add(decoys.get(identities++).identity());
            }
            if (!withRecord.contains(person) && records < AT_ONCE) {
                standIns.add(decoys.get(records++).record());
            }
        }
        return standIns;
    }

    /** Writes one record to nowhere, as an answer that has one takes longer to write than one without. */
    void writeInstead(Allowance allowance) {
        json.writeValue(OutputStream.nullOutputStream(), Minimal.answer(ANSWER, allowance));
    }

    private Pool of(Collection<List<StoredEvent>> read) {
        Pool known = pool;
        int generation = read.stream()
                .mapToInt(stream -> stream.getLast().keyGeneration())
                .max()
                .orElse(known.generation());
        if (generation != known.generation()) {
            known = pool(generation);
            pool = known;
        }
        return known;
    }

    private Pool pool(int generation) {
        List<Decoy> decoys = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            UUID person = UUID.randomUUID();
            decoys.add(new Decoy(
                    List.of(sealed(person, person, IDENTIFIED, KeyRegime.ERASABLE, generation)),
                    List.of(sealed(UUID.randomUUID(), person, REGISTERED, KeyRegime.STATUTORY, generation))));
        }
        return new Pool(generation, List.copyOf(decoys));
    }

    private StoredEvent sealed(UUID stream, UUID person, DomainEvent event, KeyRegime regime, int generation) {
        DataKey key = keys.draw(new NewKey(stream, generation, regime));
        EventContext context = new EventContext(stream, 1, event.type(), event.typeVersion());
        SealedEvent sealed = sealer.seal(context, person, codec.encode(person, event, METADATA), key, List.of(), false);
        return new StoredEvent(
                POSITION,
                Instant.EPOCH,
                context,
                person,
                stream,
                sealed.commitment(),
                Leaf.of(POSITION, Instant.EPOCH, context, sealed.commitment()),
                generation,
                sealed.ciphertext());
    }
}
