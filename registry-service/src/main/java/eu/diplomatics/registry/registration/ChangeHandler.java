package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.qualification.Decision;
import eu.diplomatics.qualification.DomainEvent.QualificationEvent;
import eu.diplomatics.qualification.Qualification;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Corrects, annuls and reinstates: reads the qualification's stream, decides, appends what happened. */
final class ChangeHandler {
    private final EventLog log;
    private final EventReader reader;
    private final Keyring keyring;
    private final EventVault vault;

    ChangeHandler(EventLog log, EventReader reader, Keyring keyring, EventVault vault) {
        this.log = log;
        this.reader = reader;
        this.keyring = keyring;
        this.vault = vault;
    }

    ChangeOutcome handle(ChangeQualification command) {
        while (true) {
            List<StoredEvent> stored = reader.stream(command.reference());
            List<QualificationEvent> events = new ArrayList<>();
            for (OpenedEvent opened : vault.open(stored)) {
                if (opened.event() instanceof QualificationEvent event) {
                    events.add(event);
                }
            }
            if (events.isEmpty()) {
                return unknown();
            }
            Decision decision = Qualification.decide(command.change(), Qualification.of(events));
            ChangeOutcome outcome = answer(command, decision, stored);
            if (outcome != null) {
                return outcome;
            }
            if (decision instanceof Decision.Happened(QualificationEvent event)
                    && append(command, event, stored) instanceof AppendOutcome.Appended) {
                return new ChangeOutcome.Changed();
            }
        }
    }

    private AppendOutcome append(ChangeQualification command, QualificationEvent event, List<StoredEvent> stored) {
        StoredEvent last = stored.getLast();
        Map<UUID, DataKey> keys = keyring.open(List.of(command.reference()));
        try {
            var sealed = vault.seal(
                    command.reference(),
                    last.context().version() + 1,
                    last.holder(),
                    event,
                    command.metadata(),
                    keys.get(command.reference()),
                    List.of(),
                    false);
            return RegistrationHandler.await(
                    log.append(List.of(new AppendUnit(command.command(), List.of(sealed), List.of())))
                            .getFirst());
        } finally {
            keys.values().forEach(DataKey::close);
        }
    }

    private static @Nullable ChangeOutcome answer(
            ChangeQualification command, Decision decision, List<StoredEvent> stored) {
        Long expected = command.expectedVersion();
        long version = stored.getLast().context().version();
        return switch (decision) {
            case Decision.Refused(Rejection rejection)
            when rejection.code() == RejectionCode.NOT_YOUR_INSTITUTION -> unknown();
            // the same correction sent again, its answer having been lost
            case Decision.AlreadySo(long since)
            when expected == null || expected == version || expected == since - 1 ->
                new ChangeOutcome.AlreadySo(place(stored.get((int) since - 1)), version);
            case Decision.AlreadySo stale -> new ChangeOutcome.Stale();
            case Decision.Refused refused when expected != null && expected != version -> new ChangeOutcome.Stale();
            case Decision.Refused(Rejection rejection) -> new ChangeOutcome.Refused(rejection);
            case Decision.Happened happened when expected != null && expected != version -> new ChangeOutcome.Stale();
            case Decision.Happened happened -> null;
        };
    }

    /** Another supplier's qualification is as unknown as one that never was. */
    private static ChangeOutcome unknown() {
        return new ChangeOutcome.Refused(
                new Rejection(RejectionCode.UNKNOWN_REFERENCE, "", "nothing is registered under this reference"));
    }

    private static EventPlace place(StoredEvent event) {
        return new EventPlace(
                event.context().stream(),
                event.context().version(),
                event.position(),
                event.recordedAt(),
                event.leaf());
    }
}
