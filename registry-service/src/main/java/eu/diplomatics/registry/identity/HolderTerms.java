package eu.diplomatics.registry.identity;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.IndexRotation;
import eu.diplomatics.keyring.IndexRotation.Terms;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.NameKey;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What holders are found by, read from their own sealed identities. */
final class HolderTerms implements IndexRotation.Identities {
    private static final String SUPPLIER = "supplier:";

    private final EventReader reader;
    private final EventVault vault;

    HolderTerms(EventReader reader, EventVault vault) {
        this.reader = reader;
        this.vault = vault;
    }

    @Override
    public Map<UUID, Terms> of(Collection<UUID> holders) {
        List<StoredEvent> first =
                reader.streams(holders).values().stream().map(List::getFirst).toList();
        Map<UUID, Terms> terms = new HashMap<>();
        for (OpenedEvent opened : vault.open(first)) {
            if (opened.event() instanceof HolderIdentified(HolderIdentity identity)) {
                UUID holder = opened.stored().holder();
                terms.put(
                        holder,
                        switch (identity) {
                            case HolderIdentity.ByInsz(var insz) -> new Terms(IndexTerm.holder(insz), null);
                            case HolderIdentity.ByName byName ->
                                new Terms(
                                        IndexTerm.holder(supplier(opened, holder), byName.localNumber()),
                                        IndexTerm.holder(NameKey.of(byName)));
                        });
            }
        }
        return terms;
    }

    /** A local number is stated by its supplier and by nobody else. */
    private static String supplier(OpenedEvent opened, UUID holder) {
        String actor = opened.metadata().actor();
        if (!actor.startsWith(SUPPLIER)) {
            throw new KeyTamperedException(holder.toString());
        }
        return actor.substring(SUPPLIER.length());
    }
}
