package eu.diplomatics.registry.reconciliation;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationAnnulled;
import eu.diplomatics.qualification.DomainEvent.QualificationCorrected;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.DomainEvent.QualificationReinstated;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import eu.diplomatics.vault.Opening;
import eu.diplomatics.vault.Replay;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/** What the log holds of one supplier, as it stands now. */
final class RegisteredRecords {
    private static final int HOLDERS_AT_ONCE = 1_000;
    private static final int TOLD = 1_000;

    private final EventReader reader;
    private final EventVault vault;

    RegisteredRecords(EventReader reader, EventVault vault) {
        this.reader = reader;
        this.vault = vault;
    }

    /** There are more than can be compared at once. */
    static final class TooManyException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** One record, without anything of its content. */
    static final class Held {
        final String supplierReference;
        private String basisHash;
        private UUID holder;
        private boolean annulled;

        private Held(String supplierReference, String basisHash, UUID holder) {
            this.supplierReference = supplierReference;
            this.basisHash = basisHash;
            this.holder = holder;
        }

        String basisHash() {
            return basisHash;
        }

        UUID holder() {
            return holder;
        }

        boolean annulled() {
            return annulled;
        }
    }

    /**
     * Reads the whole log once, so its time grows with the log and not with the supplier.
     *
     * @param wanted by the supplier's own reference
     * @param most how many are kept
     * @param progress told the position now and then
     */
    Map<UUID, Held> of(String supplier, Predicate<String> wanted, int most, LongConsumer progress)
            throws InterruptedException {
        Map<UUID, Held> held = new LinkedHashMap<>();
        long end = new Replay(reader, vault).run(0, opening -> {
            if (opening instanceof Opening.Opened(OpenedEvent opened)) {
                note(opened, supplier, wanted, held);
                if (held.size() > most) {
                    throw new TooManyException();
                }
                if (opened.stored().position() % TOLD == 0) {
                    progress.accept(opened.stored().position());
                }
            }
        });
        progress.accept(end);
        return held;
    }

    private static void note(OpenedEvent opened, String supplier, Predicate<String> wanted, Map<UUID, Held> held) {
        UUID stream = opened.stored().context().stream();
        switch (opened.event()) {
            case QualificationRegistered event -> {
                if (event.supplier().equals(supplier) && wanted.test(event.supplierReference())) {
                    held.put(
                            stream,
                            new Held(
                                    event.supplierReference(),
                                    RecordDigests.hash(event.basis()),
                                    opened.stored().holder()));
                }
            }
            case QualificationCorrected event ->
                held.computeIfPresent(stream, (id, one) -> {
                    one.basisHash = RecordDigests.hash(event.basis());
                    return one;
                });
            case QualificationMoved event ->
                held.computeIfPresent(stream, (id, one) -> {
                    one.holder = event.to();
                    return one;
                });
            case QualificationAnnulled event -> annulled(held, stream, true);
            case QualificationReinstated event -> annulled(held, stream, false);
            default -> {
                // about something else
            }
        }
    }

    private static void annulled(Map<UUID, Held> held, UUID stream, boolean annulled) {
        held.computeIfPresent(stream, (id, one) -> {
            one.annulled = annulled;
            return one;
        });
    }

    /** Hashes of what holders were registered as; one whose identity was erased is absent. */
    Map<UUID, String> holders(Collection<UUID> holders) {
        Map<UUID, String> hashes = new HashMap<>();
        List<UUID> wanted = holders.stream().distinct().toList();
        for (int from = 0; from < wanted.size(); from += HOLDERS_AT_ONCE) {
            List<StoredEvent> first = new ArrayList<>();
            reader.streams(wanted.subList(from, Math.min(wanted.size(), from + HOLDERS_AT_ONCE)))
                    .values()
                    .forEach(stream -> first.add(stream.getFirst()));
            for (OpenedEvent opened : vault.open(first)) {
                if (opened.event() instanceof HolderIdentified identified) {
                    hashes.put(opened.stored().context().stream(), RecordDigests.hash(identified.identity()));
                }
            }
        }
        return hashes;
    }
}
