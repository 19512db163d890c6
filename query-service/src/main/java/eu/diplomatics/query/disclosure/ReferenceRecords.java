package eu.diplomatics.query.disclosure;

import eu.diplomatics.eventstore.SealBrokenException;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.qualification.DomainEvent.ReferenceEvent;
import eu.diplomatics.qualification.UnknownEventTypeException;
import eu.diplomatics.qualification.UnreadableEventException;
import eu.diplomatics.query.problem.ProblemException;
import eu.diplomatics.query.projection.Copies;
import eu.diplomatics.query.projection.SealedRecords;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.HolderMismatchException;
import eu.diplomatics.vault.OpenedEvent;
import eu.diplomatics.vault.Opening;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The streams of the controller's reference data. Read from the log's own store, so that a change holds within seconds also
 * while Kafka or the projection is down; from the projection while the store is down.
 */
@Component
final class ReferenceRecords {
    private static final Duration STORE_LEFT_ALONE = Duration.ofSeconds(30);

    private final SealedRecords records;
    private final EventVault vault;
    private final Alarms alarms;
    private volatile long storeBackNanos = System.nanoTime();

    ReferenceRecords(SealedRecords records, EventVault vault, Alarms alarms) {
        this.records = records;
        this.vault = vault;
        this.alarms = alarms;
    }

    /** A stream, sealed; empty where nothing was changed yet. */
    List<StoredEvent> of(UUID stream) {
        List<UUID> wanted = List.of(stream);
        Copies copies;
        if (System.nanoTime() - storeBackNanos < 0) {
            copies = records.ofStreams(wanted);
        } else {
            try {
                copies = records.ofStreamsFromStore(wanted);
            } catch (ProblemException storeDown) {
                storeBackNanos = System.nanoTime() + STORE_LEFT_ALONE.toNanos();
                copies = records.ofStreams(wanted);
            }
        }
        if (!copies.refused().isEmpty()) {
            throw Opener.unavailable();
        }
        return copies.streams().getOrDefault(stream, List.of());
    }

    /** Opens all, or raises the alarm and throws. */
    List<OpenedEvent> open(List<StoredEvent> events) {
        List<OpenedEvent> all = new ArrayList<>(events.size());
        try {
            for (Opening opening : vault.openEach(events)) {
                if (!(opening instanceof Opening.Opened(OpenedEvent opened))
                        || !(opened.event() instanceof ReferenceEvent)) {
                    throw broken(events);
                }
                all.add(opened);
            }
            return all;
        } catch (SealBrokenException
                | HolderMismatchException
                | KeyTamperedException
                | UnknownEventTypeException
                | UnreadableEventException e) {
            throw broken(events);
        }
    }

    /** To be thrown. */
    ProblemException broken(List<StoredEvent> events) {
        alarms.recordBroken(events.getLast().position());
        return Opener.unavailable();
    }
}
