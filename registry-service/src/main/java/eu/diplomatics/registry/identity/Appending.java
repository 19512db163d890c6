package eu.diplomatics.registry.identity;

import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.Condition;
import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.registry.registration.ClaimsInFlight;
import eu.diplomatics.vault.EventVault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Appends a few events of several streams together, or none of them. */
final class Appending {
    private static final int MAX_ATTEMPTS = 20;
    private static final Duration OUTCOME_LIMIT = Duration.ofSeconds(30);

    private final EventLog log;
    private final Keyring keyring;
    private final EventVault vault;
    private final ClaimsInFlight inFlight;
    private final KeyGenerations generations;

    Appending(EventLog log, Keyring keyring, EventVault vault, ClaimsInFlight inFlight, KeyGenerations generations) {
        this.generations = generations;
        this.log = log;
        this.keyring = keyring;
        this.vault = vault;
        this.inFlight = inFlight;
    }

    /** An event and the place it takes. */
    record Next(UUID stream, long version, UUID holder, DomainEvent event) {}

    /** Tries until nobody else was faster. */
    IdentityOutcome untilSettled(Supplier<IdentityOutcome> attempt) {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            try (ClaimsInFlight.Turn turn = inFlight.enter()) {
                IdentityOutcome outcome = attempt.get();
                if (!(outcome instanceof IdentityOutcome.Clashed)) {
                    return outcome;
                }
            }
        }
        throw new LogUnavailableException("a change of identity loses every race");
    }

    /**
     * Within a turn.
     *
     * @param made streams that begin with these events: their keys are made first
     * @return where the last event stands; empty when the unit clashed, or its key generation is over by now
     */
    Optional<EventPlace> append(
            UUID command, EventMetadata metadata, List<Next> events, List<UUID> made, List<Condition> conditions) {
        int generation = generations.current();
        Map<UUID, DataKey> keys = new HashMap<>(keyring.create(made.stream()
                .map(id -> new NewKey(id, generation, KeyRegime.ERASABLE))
                .toList()));
        try {
            keys.putAll(keyring.open(
                    events.stream()
                            .map(Next::stream)
                            .distinct()
                            .filter(id -> !keys.containsKey(id))
                            .toList(),
                    generation));
            List<SealedEvent> sealed = new ArrayList<>(events.size());
            for (Next next : events) {
                sealed.add(vault.seal(
                        next.stream(),
                        next.version(),
                        next.holder(),
                        next.event(),
                        metadata,
                        keys.get(next.stream()),
                        List.of(),
                        false));
            }
            return outcome(new AppendUnit(command, sealed, conditions));
        } finally {
            keys.values().forEach(DataKey::close);
        }
    }

    private Optional<EventPlace> outcome(AppendUnit unit) {
        CompletableFuture<AppendOutcome> appended = log.append(List.of(unit)).getFirst();
        inFlight.until(appended);
        Optional<AppendOutcome> known = AppendOutcome.await(appended, OUTCOME_LIMIT);
        if (known.isEmpty()) {
            generations.refresh();
            return Optional.empty();
        }
        return switch (known.get()) {
            case AppendOutcome.Appended(List<EventPlace> places) -> Optional.of(places.getLast());
            case AppendOutcome.AppendedBefore(List<EventPlace> places) -> Optional.of(places.getLast());
            case AppendOutcome.Clashed() -> Optional.empty();
        };
    }
}
