package eu.diplomatics.registry.reference;

import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.qualification.DomainEvent.ReferenceEvent;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
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
 * One stream of reference data: read, decide, append as its next version. Who was overtaken reads again, so that changes of
 * different things never refuse each other.
 */
public final class ReferenceStream {
    private static final Duration OUTCOME_LIMIT = Duration.ofSeconds(30);
    private static final int MAX_ATTEMPTS = 20;

    private final UUID stream;
    private final EventLog log;
    private final EventReader reader;
    private final Keyring keyring;
    private final EventVault vault;
    private final KeyGenerations generations;

    public ReferenceStream(
            UUID stream,
            EventLog log,
            EventReader reader,
            Keyring keyring,
            EventVault vault,
            KeyGenerations generations) {
        this.stream = stream;
        this.log = log;
        this.reader = reader;
        this.keyring = keyring;
        this.vault = vault;
        this.generations = generations;
    }

    /**
     * What is to be appended, or what there is to say without.
     *
     * @param event null where nothing is appended
     * @param outcome null where something is
     */
    public record Decision<O>(
            @Nullable ReferenceEvent event, @Nullable O outcome) {
        public static <O> Decision<O> of(O outcome) {
            return new Decision<>(null, outcome);
        }

        public static <O> Decision<O> append(ReferenceEvent event) {
            return new Decision<>(event, null);
        }
    }

    /**
     * All events, the oldest first.
     *
     * @throws KeysUnavailableException when one does not open
     */
    public List<OpenedEvent> events() {
        List<OpenedEvent> events = new ArrayList<>();
        for (Opening opening : vault.openEach(reader.stream(stream))) {
            if (!(opening instanceof Opening.Opened(OpenedEvent opened))
                    || !(opened.event() instanceof ReferenceEvent)) {
                throw new KeysUnavailableException("the controller's reference data do not open");
            }
            events.add(opened);
        }
        return events;
    }

    /**
     * Changes what there is.
     *
     * @param decide by all events so far; asked again when somebody was faster
     * @param done the outcome, by all events, once the change is durable
     * @throws LogUnavailableException when others are always faster
     */
    public <O> O change(
            EventMetadata metadata,
            Function<List<OpenedEvent>, Decision<O>> decide,
            Function<List<OpenedEvent>, O> done) {
        boolean appended = false;
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            List<OpenedEvent> events = events();
            if (appended) {
                return done.apply(events);
            }
            Decision<O> decision = decide.apply(events);
            if (decision.outcome() != null) {
                return decision.outcome();
            }
            if (decision.event() != null) {
                appended = append(events.size() + 1L, decision.event(), metadata);
            }
        }
        throw new LogUnavailableException("a change of the controller's reference data loses every race");
    }

    /** @return false when somebody was faster, or the key generation is over by now */
    private boolean append(long version, ReferenceEvent event, EventMetadata metadata) {
        Map<UUID, DataKey> keys =
                keyring.create(List.of(new NewKey(stream, generations.current(), KeyRegime.STATUTORY)));
        SealedEvent sealed;
        try {
            sealed = vault.seal(stream, version, stream, event, metadata, keys.get(stream), List.of(), false);
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
