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
import eu.diplomatics.vault.Opening;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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

    /** A holder as a registration meets it, by what the log said of it just now. */
    record Holder(UUID id, Standing standing) {}

    /** What the log says of a holder. */
    enum Standing {
        /** Nothing yet: the identity stated goes in with the registration. */
        NEW,
        /** It is who the registration states. */
        KNOWN,
        /** It is somebody else. */
        ANOTHER,
        /** It was identified and its key is gone: a new key would not open what the log holds. */
        ERASED
    }

    /**
     * The holder of each registration, claimed now where there was none. By identity: to digest a whole registration for
     * each look-up costs more than the look-up.
     */
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
        Map<UUID, Opening> identities = identities(before);

        Map<RegisterQualification, Holder> holders = new IdentityHashMap<>();
        for (RegisterQualification registration : registrations) {
            BlindIndexValue value = values.get(term(registration));
            UUID id = value == null ? null : claimed.get(value);
            if (id != null) {
                holders.put(registration, new Holder(id, standing(id, identities.get(id), registration.holder())));
            }
        }
        return holders;
    }

    private Map<UUID, Opening> identities(Set<UUID> holders) {
        List<StoredEvent> stored =
                reader.streams(holders).values().stream().map(List::getFirst).toList();
        List<Opening> openings = vault.openEach(stored);
        Map<UUID, Opening> identities = HashMap.newHashMap(stored.size());
        for (int i = 0; i < stored.size(); i++) {
            identities.put(stored.get(i).holder(), openings.get(i));
        }
        return identities;
    }

    private static Standing standing(UUID id, @Nullable Opening identity, HolderIdentity stated) {
        return switch (identity) {
            case null -> Standing.NEW;
            case Opening.Shredded shredded -> Standing.ERASED;
            case Opening.Opened(OpenedEvent opened) ->
                opened.event() instanceof HolderIdentified(HolderIdentity known) && !differs(id, known, stated)
                        ? Standing.KNOWN
                        : Standing.ANOTHER;
        };
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
