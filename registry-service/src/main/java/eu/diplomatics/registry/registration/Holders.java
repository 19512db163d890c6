package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.HolderIndex.Claim;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.NameKey;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import eu.diplomatics.registry.registration.RegisterQualifications.Row;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import eu.diplomatics.vault.Opening;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds or claims the holders of registrations: custodian first, then the keyring, then what the log says of them. */
final class Holders {
    private static final Logger LOG = LoggerFactory.getLogger(Holders.class);

    private final HolderIndex index;
    private final EventReader reader;
    private final EventVault vault;

    Holders(HolderIndex index, EventReader reader, EventVault vault) {
        this.index = index;
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

    /**
     * Without the rows of a new holder that state another identity than its first one does, where a local number says who it
     * is: they clash with the first, and are looked at again after it. To offer them all the same has the whole call judged.
     */
    static List<Row> withoutOtherIdentitiesOfNames(List<Row> rows, Map<RegisterQualification, Holder> holders) {
        Map<UUID, HolderIdentity> first = new HashMap<>();
        return rows.stream()
                .filter(row -> {
                    Holder holder = Objects.requireNonNull(holders.get(row.registration()));
                    HolderIdentity stated = row.registration().holder();
                    return holder.standing() != Standing.NEW
                            || stated instanceof HolderIdentity.ByInsz
                            || stated.equals(first.computeIfAbsent(holder.id(), any -> stated));
                })
                .toList();
    }

    private Map<RegisterQualification, Holder> find(Collection<RegisterQualification> registrations, boolean claim) {
        Map<IndexTerm, Claim> claims = HashMap.newHashMap(registrations.size());
        registrations.forEach(registration -> claims.computeIfAbsent(
                term(registration), term -> new Claim(term, UUID.randomUUID(), name(registration.holder()))));
        Map<IndexTerm, UUID> claimed = claim ? index.claim(claims.values()) : index.find(claims.keySet());

        Set<UUID> before = new HashSet<>(claimed.values());
        claims.values().forEach(made -> before.remove(made.candidate()));
        Map<UUID, Opening> identities = identities(before);

        Map<RegisterQualification, Holder> holders = new IdentityHashMap<>();
        for (RegisterQualification registration : registrations) {
            UUID id = claimed.get(term(registration));
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

    private static @Nullable IndexTerm name(HolderIdentity holder) {
        return holder instanceof HolderIdentity.ByName byName ? IndexTerm.holder(NameKey.of(byName)) : null;
    }

    private static IndexTerm term(RegisterQualification registration) {
        return switch (registration.holder()) {
            case HolderIdentity.ByInsz byInsz -> IndexTerm.holder(byInsz.insz());
            case HolderIdentity.ByName byName -> IndexTerm.holder(registration.supplier(), byName.localNumber());
        };
    }
}
