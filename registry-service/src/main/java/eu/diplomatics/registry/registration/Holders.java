package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.BlindIndexValue;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds or claims the holders of registrations: custodian first, then the keyring, then what the log says of them. */
final class Holders {
    private static final Logger LOG = LoggerFactory.getLogger(Holders.class);

    private final BlindIndex index;
    private final Keyring keyring;
    private final EventReader reader;
    private final EventVault vault;

    Holders(BlindIndex index, Keyring keyring, EventReader reader, EventVault vault) {
        this.index = index;
        this.keyring = keyring;
        this.reader = reader;
        this.vault = vault;
    }

    /**
     * A holder as a registration meets it.
     *
     * @param identified whether the log holds its identity already
     * @param differs whether that identity is another than the registration states
     */
    record Holder(UUID id, boolean identified, boolean differs) {}

    /** The holder of each registration, claimed now where there was none. */
    Map<RegisterQualification, Holder> claim(Collection<RegisterQualification> registrations) {
        return find(registrations, true);
    }

    /** As {@link #claim}, but whoever is unknown stays unknown and has no entry. */
    Map<RegisterQualification, Holder> known(Collection<RegisterQualification> registrations) {
        return find(registrations, false);
    }

    private Map<RegisterQualification, Holder> find(Collection<RegisterQualification> registrations, boolean claim) {
        Map<IndexTerm, BlindIndexValue> values =
                index.of(registrations.stream().map(Holders::term).toList());
        Map<BlindIndexValue, UUID> candidates = HashMap.newHashMap(values.size());
        values.values().forEach(value -> candidates.put(value, UUID.randomUUID()));
        Map<BlindIndexValue, UUID> claimed = claim ? keyring.claim(candidates) : keyring.find(candidates.keySet());

        Set<UUID> before = new HashSet<>(claimed.values());
        before.removeAll(candidates.values());
        Map<UUID, HolderIdentity> identities = identities(before);

        Map<RegisterQualification, Holder> holders = new HashMap<>();
        Map<UUID, HolderIdentity> stated = new HashMap<>(identities);
        for (RegisterQualification registration : registrations) {
            BlindIndexValue value = values.get(term(registration));
            UUID id = value == null ? null : claimed.get(value);
            if (id != null) {
                // two rows of one file may claim the same local number for different people
                HolderIdentity known = stated.computeIfAbsent(id, any -> registration.holder());
                holders.put(
                        registration,
                        new Holder(id, identities.containsKey(id), differs(id, known, registration.holder())));
            }
        }
        return holders;
    }

    private Map<UUID, HolderIdentity> identities(Set<UUID> holders) {
        Map<UUID, HolderIdentity> identities = new HashMap<>();
        List<StoredEvent> stored =
                reader.streams(holders).values().stream().map(List::getFirst).toList();
        for (OpenedEvent opened : vault.open(stored)) {
            if (opened.event() instanceof HolderIdentified(HolderIdentity identity)) {
                identities.put(opened.stored().holder(), identity);
            }
        }
        return identities;
    }

    /** A wrong local number is the supplier's mistake; a wrong national number means that the index was tampered with. */
    private static boolean differs(UUID id, HolderIdentity known, HolderIdentity stated) {
        if (known.equals(stated)) {
            return false;
        }
        if (stated instanceof HolderIdentity.ByInsz) {
            LOG.error("ALARM: the index leads to holder {} whose identity is another", id);
            throw new KeyTamperedException(id.toString());
        }
        return true;
    }

    private static IndexTerm term(RegisterQualification registration) {
        return switch (registration.holder()) {
            case HolderIdentity.ByInsz byInsz -> IndexTerm.holder(byInsz.insz());
            case HolderIdentity.ByName byName -> IndexTerm.holder(registration.supplier(), byName.localNumber());
        };
    }
}
