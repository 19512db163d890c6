package eu.diplomatics.registry.mandate;

import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.pseudonym.AgencyPseudonyms;
import eu.diplomatics.qualification.DomainEvent.MandateGranted;
import eu.diplomatics.qualification.DomainEvent.MandateWithdrawn;
import eu.diplomatics.qualification.DomainEvent.ReferenceEvent;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Mandate;
import eu.diplomatics.qualification.Mandates;
import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.qualification.Mandates.Noted;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.Opening;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The mandates' one stream: read, decide, append as its next version. Who was overtaken reads again, so that changes of
 * different mandates never refuse each other.
 */
final class Catalogue {
    private static final UUID STREAM = Mandates.STREAM;
    private static final Duration OUTCOME_LIMIT = Duration.ofSeconds(30);
    private static final int MAX_ATTEMPTS = 20;

    private final EventLog log;
    private final EventReader reader;
    private final Keyring keyring;
    private final EventVault vault;
    private final KeyGenerations generations;

    Catalogue(EventLog log, EventReader reader, Keyring keyring, EventVault vault, KeyGenerations generations) {
        this.log = log;
        this.reader = reader;
        this.keyring = keyring;
        this.vault = vault;
        this.generations = generations;
    }

    /** What became of a change. */
    sealed interface Outcome {
        /** @param now false when it was so already */
        record Done(Granted granted, boolean now) implements Outcome {}

        /** There is one, and the request does not say which version it builds on. */
        record VersionMissing() implements Outcome {}

        record Stale() implements Outcome {}

        record Unknown() implements Outcome {}
    }

    /** What is to be appended, or what there is to say without. */
    private record Decision(
            @Nullable ReferenceEvent event, @Nullable Outcome outcome) {
        static Decision of(Outcome outcome) {
            return new Decision(null, outcome);
        }

        static Decision append(ReferenceEvent event) {
            return new Decision(event, null);
        }
    }

    /** All changes, the oldest first. */
    List<Noted> changes() {
        List<StoredEvent> stored = reader.stream(STREAM);
        List<Noted> changes = new ArrayList<>(stored.size());
        for (Opening opening : vault.openEach(stored)) {
            if (!(opening instanceof Opening.Opened(var opened)) || !(opened.event() instanceof ReferenceEvent event)) {
                throw new KeysUnavailableException("the catalogue of mandates does not open");
            }
            changes.add(new Noted(
                    event,
                    opened.metadata().actor(),
                    opened.metadata().reason(),
                    opened.stored().recordedAt()));
        }
        return changes;
    }

    /** @param expected version that the change builds on; null when there is none yet */
    Outcome grant(Mandate terms, @Nullable Long expected, EventMetadata metadata) {
        if (terms.fields().contains("pseudonym")) {
            AgencyPseudonyms.prepare(keyring);
        }
        return change(terms.agency(), terms.purpose(), metadata, mandates -> {
            Granted before = mandates.find(terms.agency(), terms.purpose()).orElse(null);
            if (before == null) {
                return expected == null
                        ? Decision.append(new MandateGranted(UUID.randomUUID(), terms))
                        : Decision.of(new Outcome.Stale());
            }
            if (before.withdrawal() == null && before.terms().equals(terms)) {
                return Decision.of(new Outcome.Done(before, false));
            }
            if (expected == null) {
                return Decision.of(new Outcome.VersionMissing());
            }
            return expected == before.version()
                    ? Decision.append(new MandateGranted(before.id(), terms))
                    : Decision.of(new Outcome.Stale());
        });
    }

    Outcome withdraw(String agency, String purpose, String reasonCode, EventMetadata metadata) {
        return change(agency, purpose, metadata, mandates -> {
            Granted before = mandates.find(agency, purpose).orElse(null);
            if (before == null) {
                return Decision.of(new Outcome.Unknown());
            }
            return before.withdrawal() == null
                    ? Decision.append(new MandateWithdrawn(before.id(), agency, purpose, reasonCode))
                    : Decision.of(new Outcome.Done(before, false));
        });
    }

    private Outcome change(String agency, String purpose, EventMetadata metadata, Function<Mandates, Decision> decide) {
        boolean appended = false;
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            List<Noted> changes = changes();
            Mandates mandates = Mandates.of(changes);
            if (appended) {
                return new Outcome.Done(mandates.find(agency, purpose).orElseThrow(), true);
            }
            Decision decision = decide.apply(mandates);
            if (decision.outcome() != null) {
                return decision.outcome();
            }
            if (decision.event() != null) {
                appended = append(changes.size() + 1L, decision.event(), metadata);
            }
        }
        throw new LogUnavailableException("a change of the catalogue loses every race");
    }

    /** @return false when somebody was faster, or the key generation is over by now */
    private boolean append(long version, ReferenceEvent event, EventMetadata metadata) {
        Map<UUID, DataKey> keys =
                keyring.create(List.of(new NewKey(STREAM, generations.current(), KeyRegime.STATUTORY)));
        SealedEvent sealed;
        try {
            sealed = vault.seal(STREAM, version, STREAM, event, metadata, keys.get(STREAM), List.of(), false);
        } finally {
            keys.values().forEach(DataKey::close);
        }
        Optional<AppendOutcome> outcome = AppendOutcome.await(
                log.append(List.of(new AppendUnit(UUID.randomUUID(), List.of(sealed), List.of())))
                        .getFirst(),
                OUTCOME_LIMIT);
        if (outcome.isEmpty()) {
            generations.refresh();
            return false;
        }
        return !(outcome.get() instanceof AppendOutcome.Clashed);
    }
}
