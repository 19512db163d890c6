package eu.diplomatics.vault;

import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.EventMetadata;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Appends events that are the only one of their stream. The stream's id is the command's too: who comes again finds it there. */
public final class LoneEvents {
    private static final Duration OUTCOME_LIMIT = Duration.ofSeconds(30);
    private static final int MAX_ATTEMPTS = 20;

    private final EventLog log;
    private final Keyring keyring;
    private final EventVault vault;
    private final KeyGenerations generations;

    public LoneEvents(EventLog log, Keyring keyring, EventVault vault, KeyGenerations generations) {
        this.log = log;
        this.keyring = keyring;
        this.vault = vault;
        this.generations = generations;
    }

    /**
     * Appends the event, or finds it appended; sealed anew where the key generation changes meanwhile.
     *
     * @param holder the stream's own id where it is about nobody
     * @throws LogUnavailableException when it is not known to be appended: come again
     */
    public void append(UUID stream, UUID holder, KeyRegime regime, EventMetadata metadata, DomainEvent event) {
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            SealedEvent sealed = seal(stream, holder, regime, metadata, event);
            Optional<AppendOutcome> outcome = AppendOutcome.await(
                    log.append(List.of(new AppendUnit(stream, List.of(sealed), List.of())))
                            .getFirst(),
                    OUTCOME_LIMIT);
            if (outcome.isPresent()) {
                if (outcome.get() instanceof AppendOutcome.Clashed) {
                    throw new LogUnavailableException("the stream has an event already");
                }
                return;
            }
            generations.refresh();
        }
        throw new LogUnavailableException("the key generation changes with every attempt");
    }

    private SealedEvent seal(UUID stream, UUID holder, KeyRegime regime, EventMetadata metadata, DomainEvent event) {
        Map<UUID, DataKey> keys = keyring.create(List.of(new NewKey(stream, generations.current(), regime)));
        try {
            return vault.seal(stream, 1, holder, event, metadata, keys.get(stream), List.of(), false);
        } finally {
            keys.values().forEach(DataKey::close);
        }
    }
}
