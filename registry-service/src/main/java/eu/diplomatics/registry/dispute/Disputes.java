package eu.diplomatics.registry.dispute;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.EventReader.Occurrence;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.qualification.Dispute;
import eu.diplomatics.qualification.DomainEvent.DisputeSettled;
import eu.diplomatics.qualification.DomainEvent.QualificationDisputed;
import eu.diplomatics.qualification.DomainEvent.QualificationEvent;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.Qualification;
import eu.diplomatics.registry.problem.BrokenRecords;
import eu.diplomatics.registry.registration.Rules;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import eu.diplomatics.vault.Opening;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disputes that are open, from the log itself: headers say which records may be disputed, their events whether they are. What was
 * written is not here: whoever is to settle one reads the record, and that is logged.
 */
final class Disputes {
    private static final Logger LOG = LoggerFactory.getLogger(Disputes.class);
    private static final Set<String> TYPES = Set.of(QualificationDisputed.TYPE, DisputeSettled.TYPE);

    private final EventReader reader;
    private final EventVault vault;
    private final Rules rules;
    /** Of records that were disputed once, who registered them: that does not change, and others' are not opened for it again. */
    private final Map<UUID, String> suppliers = new ConcurrentHashMap<>();

    Disputes(EventReader reader, EventVault vault, Rules rules) {
        this.reader = reader;
        this.vault = vault;
        this.rules = rules;
    }

    /**
     * One that is open.
     *
     * @param supplierReference for whose it is only
     * @param position in the log, by which the list goes on
     * @param overdue whether the last day to settle it is over
     */
    record Open(
            UUID reference,
            String supplier,
            @Nullable String supplierReference,
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
     * @param supplier whose records; null for all, and then without their references, which are the suppliers' own
     * @param after behind this position in the log
     */
    List<Open> open(@Nullable String supplier, long after, int most) {
        List<Open> open = new ArrayList<>();
        for (UUID reference : disputed().tailMap(after + 1).values()) {
            if (open.size() == most) {
                break;
            }
            if (supplier == null || supplier.equals(suppliers.getOrDefault(reference, supplier))) {
                lookFor(reference, supplier).ifPresent(open::add);
            }
        }
        return open;
    }

    /** A record that is broken is an alarm, and keeps nobody from the others. */
    private Optional<Open> lookFor(UUID reference, @Nullable String supplier) {
        try {
            return look(reference, supplier);
        } catch (RuntimeException e) {
            String broken = BrokenRecords.in(e).orElseThrow(() -> e);
            LOG.error("ALARM: a record that is disputed is not what was stored: {}", broken);
            return Optional.empty();
        }
    }

    /** References of records whose last word about a dispute is that there is one, by the position of that. */
    private SortedMap<Long, UUID> disputed() {
        Map<UUID, Occurrence> last = new HashMap<>();
        for (Occurrence each : reader.occurrences(0, reader.head().position(), TYPES)) {
            last.put(each.place().stream(), each);
        }
        SortedMap<Long, UUID> open = new TreeMap<>();
        for (Occurrence each : last.values()) {
            if (each.type().equals(QualificationDisputed.TYPE)) {
                open.put(each.place().position(), each.place().stream());
            }
        }
        return open;
    }

    private Optional<Open> look(UUID reference, @Nullable String asking) {
        List<OpenedEvent> events = new ArrayList<>();
        for (Opening opening : vault.openEach(reader.stream(reference))) {
            if (!(opening instanceof Opening.Opened(OpenedEvent opened))) {
                return Optional.empty();
            }
            events.add(opened);
        }
        List<QualificationEvent> facts =
                events.stream().map(each -> (QualificationEvent) each.event()).toList();
        Dispute dispute = Qualification.of(facts).disputes();
        if (!(facts.getFirst() instanceof QualificationRegistered registered)) {
            return Optional.empty();
        }
        suppliers.put(reference, registered.supplier());
        boolean theirs = asking == null || asking.equals(registered.supplier());
        if (!theirs
                || !dispute.isOpen()
                || !(facts.get((int) dispute.since() - 1) instanceof QualificationDisputed disputed)) {
            return Optional.empty();
        }
        StoredEvent since = events.get((int) dispute.since() - 1).stored();
        return Optional.of(new Open(
                reference,
                registered.supplier(),
                asking == null ? null : registered.supplierReference(),
                since.recordedAt(),
                disputed.respondBy(),
                disputed.respondBy().isBefore(rules.today()),
                since.position()));
    }
}
