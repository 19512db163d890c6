package eu.diplomatics.registry.shredding;

import eu.diplomatics.eventstore.Condition;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.qualification.DomainEvent.HoldersSought;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.Opening;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** What the log keeps of the controller's searches: each says a name and a birth date, and whom it led to. */
final class Searches {
    private static final int PAGE = 500;

    private final EventReader reader;
    private final EventVault vault;

    Searches(EventReader reader, EventVault vault) {
        this.reader = reader;
        this.vault = vault;
    }

    /** The streams of searches that led to this holder, as far as they can still be opened. */
    List<UUID> thatFound(UUID holder) {
        List<UUID> found = new ArrayList<>();
        long last = 0;
        while (true) {
            List<StoredEvent> page =
                    reader.matching(List.of(new Condition(last, List.of(), Set.of(HoldersSought.TYPE))), PAGE);
            if (page.isEmpty()) {
                return found;
            }
            for (Opening opening : vault.openEach(page)) {
                if (opening instanceof Opening.Opened(var opened)
                        && opened.event() instanceof HoldersSought search
                        && search.found().contains(holder)) {
                    found.add(opened.stored().context().stream());
                }
            }
            last = page.getLast().position();
        }
    }
}
