package eu.diplomatics.query.disclosure;

import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.qualification.DomainEvent.SupplierEvent;
import eu.diplomatics.qualification.Suppliers;
import eu.diplomatics.qualification.Suppliers.Noted;
import eu.diplomatics.query.problem.ProblemException;
import eu.diplomatics.vault.OpenedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What the controller changed of suppliers and institutions, as known seconds ago. About nobody. */
@Component
public final class SupplierBook {
    /** After that a look decides whether anything changed, or opens by now. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final ReferenceRecords records;
    private @Nullable Known known;

    SupplierBook(ReferenceRecords records) {
        this.records = records;
    }

    /**
     * @param suppliers null while they do not open
     * @param position of the latest change
     */
    private record Known(@Nullable Suppliers suppliers, long position, long readNanos) {}

    /** Empty while it cannot be read, or a change of it does not open, which raises an alarm. */
    public synchronized Optional<Suppliers> known() {
        Known before = known;
        if (before == null || System.nanoTime() - before.readNanos >= FRESH.toNanos()) {
            before = look(before);
            known = before;
        }
        return Optional.ofNullable(before.suppliers);
    }

    private Known look(@Nullable Known before) {
        long asked = System.nanoTime();
        try {
            List<StoredEvent> events = records.of(Suppliers.STREAM);
            long position = events.isEmpty() ? 0 : events.getLast().position();
            if (before != null && before.suppliers != null && position <= before.position) {
                // a projection that lags would bring back an older name
                return new Known(before.suppliers, before.position, asked);
            }
            return new Known(Suppliers.of(opened(events)), position, asked);
        } catch (ProblemException | KeysUnavailableException unavailable) {
            return new Known(null, 0, asked);
        }
    }

    private List<Noted> opened(List<StoredEvent> events) {
        List<Noted> noted = new ArrayList<>(events.size());
        for (OpenedEvent opened : records.open(events)) {
            if (!(opened.event() instanceof SupplierEvent event)) {
                throw records.broken(events);
            }
            noted.add(new Noted(
                    event,
                    opened.metadata().actor(),
                    opened.metadata().reason(),
                    opened.stored().recordedAt()));
        }
        return noted;
    }
}
