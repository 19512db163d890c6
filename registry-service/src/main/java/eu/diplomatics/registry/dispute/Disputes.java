package eu.diplomatics.registry.dispute;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.EventReader.Occurrence;
import eu.diplomatics.qualification.DomainEvent.DisputeSettled;
import eu.diplomatics.qualification.DomainEvent.QualificationDisputed;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.registry.registration.Rules;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import eu.diplomatics.vault.Opening;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The disputes that are open, from the log itself. What they say is not here: whoever is to settle one reads the record, and that is
 * logged.
 */
final class Disputes {
    private static final Set<String> TYPES = Set.of(QualificationDisputed.TYPE, DisputeSettled.TYPE);

    private final EventReader reader;
    private final EventVault vault;
    private final Rules rules;

    Disputes(EventReader reader, EventVault vault, Rules rules) {
        this.reader = reader;
        this.vault = vault;
        this.rules = rules;
    }

    /**
     * One that is open.
     *
     * @param position in the log, by which the list goes on
     * @param overdue whether the last day to settle it is over
     */
    record Open(
            UUID reference,
            String supplier,
            String supplierReference,
            Instant disputedSince,
            LocalDate respondBy,
            boolean overdue,
            long position) {
        @Override
        public String toString() {
            return "Open[" + reference + ", redacted]";
        }
    }

    /**
     * The oldest first; about records that are erased there is none.
     *
     * @param supplier whose records; null for all
     * @param after behind this position in the log
     */
    List<Open> open(@Nullable String supplier, long after, int most) {
        List<Open> open = new ArrayList<>();
        for (UUID reference : disputed().tailMap(after + 1).values()) {
            if (open.size() == most) {
                break;
            }
            look(reference)
                    .filter(one -> supplier == null || supplier.equals(one.supplier()))
                    .ifPresent(open::add);
        }
        return open;
    }

    /** References of records whose last word about a dispute is that there is one, by the position of that. */
    private SortedMap<Long, UUID> disputed() {
        SortedMap<Long, UUID> open = new TreeMap<>();
        TreeMap<UUID, Long> since = new TreeMap<>();
        for (Occurrence each : reader.occurrences(0, reader.head().position(), TYPES)) {
            UUID reference = each.place().stream();
            Long before = each.type().equals(QualificationDisputed.TYPE)
                    ? since.put(reference, each.place().position())
                    : since.remove(reference);
            if (before != null) {
                open.remove(before);
            }
            if (since.containsKey(reference)) {
                open.put(each.place().position(), reference);
            }
        }
        return open;
    }

    private Optional<Open> look(UUID reference) {
        QualificationRegistered registered = null;
        OpenedEvent last = null;
        for (Opening opening : vault.openEach(reader.stream(reference))) {
            if (opening instanceof Opening.Opened(OpenedEvent opened)) {
                if (opened.event() instanceof QualificationRegistered first) {
                    registered = first;
                }
                if (TYPES.contains(opened.event().type())) {
                    last = opened;
                }
            }
        }
        return registered != null && last != null && last.event() instanceof QualificationDisputed disputed
                ? Optional.of(new Open(
                        reference,
                        registered.supplier(),
                        registered.supplierReference(),
                        last.stored().recordedAt(),
                        disputed.respondBy(),
                        disputed.respondBy().isBefore(rules.today()),
                        last.stored().position()))
                : Optional.empty();
    }
}
