package eu.diplomatics.registry.identity;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.IndexRotation;
import eu.diplomatics.keyring.IndexRotation.Terms;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.NameKey;
import eu.diplomatics.registry.keys.KeyOperationException;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import eu.diplomatics.vault.Opening;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What holders are found by, read from their own sealed identities. */
final class HolderTerms implements IndexRotation.Identities {
    private static final String SUPPLIER = "supplier:";

    private final EventReader reader;
    private final EventVault vault;
    private final ShredLedger shredded;

    HolderTerms(EventReader reader, EventVault vault, ShredLedger shredded) {
        this.reader = reader;
        this.vault = vault;
        this.shredded = shredded;
    }

    @Override
    public Map<UUID, Terms> of(Collection<UUID> holders) {
        List<StoredEvent> first =
                reader.streams(holders).values().stream().map(List::getFirst).toList();
        Map<UUID, Terms> terms = new HashMap<>();
        List<StoredEvent> closed = new ArrayList<>();
        for (Opening opening : vault.openEach(first)) {
            switch (opening) {
                case Opening.Opened(OpenedEvent opened)
                when opened.event() instanceof HolderIdentified(HolderIdentity identity) ->
                    terms.put(opened.stored().holder(), terms(opened, identity));
                case Opening.Opened(OpenedEvent other) ->
                    throw new KeyOperationException("the event at position "
                            + other.stored().position() + " stands in the place of an identity: nothing was switched");
                case Opening.Shredded(StoredEvent stored) -> closed.add(stored);
            }
        }
        requireShredded(closed);
        return terms;
    }

    /** A key that is gone otherwise would take its holder out of the index, and the number would get another one. */
    private void requireShredded(List<StoredEvent> closed) {
        Set<UUID> gone = shredded.of(
                        closed.stream().map(event -> event.context().stream()).toList())
                .keySet();
        for (StoredEvent event : closed) {
            if (!gone.contains(event.context().stream())) {
                throw new KeyOperationException("the key of the event at position " + event.position()
                        + " is gone and was not shredded: restore it, nothing was switched");
            }
        }
    }

    private static Terms terms(OpenedEvent opened, HolderIdentity identity) {
        return switch (identity) {
            case HolderIdentity.ByInsz(var insz) -> new Terms(IndexTerm.holder(insz), null);
            case HolderIdentity.ByName byName ->
                new Terms(
                        IndexTerm.holder(supplier(opened, opened.stored().holder()), byName.localNumber()),
                        IndexTerm.holder(NameKey.of(byName)));
        };
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
