package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import java.util.ArrayList;
import java.util.List;

/** Compares a request with what was recorded under the same idempotency key. */
final class Recorded {
    private final EventReader reader;
    private final EventVault vault;

    Recorded(EventReader reader, EventVault vault) {
        this.reader = reader;
        this.vault = vault;
    }

    /** Whether the registration at this place is the one the request asks for. */
    boolean is(RegistrationRequest request, EventPlace place) {
        List<StoredEvent> stored = new ArrayList<>(reader.stream(place.stream()).subList(0, 1));
        stored.add(reader.stream(stored.getFirst().holder()).getFirst());
        List<OpenedEvent> opened = vault.open(stored);
        return opened.size() == 2
                && opened.get(0).event() instanceof QualificationRegistered registered
                && opened.get(1).event() instanceof HolderIdentified identified
                && registered.supplierReference().equals(request.supplierReference())
                && request.repeats(identified.identity(), registered.basis());
    }
}
