package eu.diplomatics.registry.destruction;

import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.UnitRefusedException;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.qualification.DomainEvent.KeyRetired;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.vault.EventVault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Says in the log that a key is no more: once, since stream and command follow from the key's label. */
final class Retirement {
    private static final Duration OUTCOME_LIMIT = Duration.ofSeconds(30);
    private static final int MAX_ATTEMPTS = 5;
    private static final EventMetadata BY_ITSELF = new EventMetadata("registry", "keys", "", "");

    private final EventLog log;
    private final Keyring keyring;
    private final EventVault vault;
    private final KeyGenerations generations;

    Retirement(EventLog log, Keyring keyring, EventVault vault, KeyGenerations generations) {
        this.log = log;
        this.keyring = keyring;
        this.vault = vault;
        this.generations = generations;
    }

    /** Appends it, or finds it appended; the id of its stream. */
    UUID append(KeyRetired event) {
        UUID stream = stream(event.label());
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            Map<UUID, DataKey> keys =
                    keyring.create(List.of(new NewKey(stream, generations.current(), KeyRegime.STATUTORY)));
            SealedEvent sealed;
            try {
                sealed = vault.seal(stream, 1, stream, event, BY_ITSELF, keys.get(stream), List.of(), false);
            } finally {
                keys.values().forEach(DataKey::close);
            }
            if (isAppended(new AppendUnit(stream, List.of(sealed), List.of()))) {
                return stream;
            }
            generations.refresh();
        }
        throw new LogUnavailableException("the key generation changes with every attempt");
    }

    /** False when its key generation is over by now. */
    private boolean isAppended(AppendUnit unit) {
        try {
            AppendOutcome outcome =
                    log.append(List.of(unit)).getFirst().get(OUTCOME_LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (outcome instanceof AppendOutcome.Clashed) {
                throw new LogUnavailableException("the end of a key clashes with another event");
            }
            return true;
        } catch (TimeoutException e) {
            throw new LogUnavailableException("the outcome is not known yet", false, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted before the outcome was known", false, e);
        } catch (ExecutionException e) {
            if (UnitRefusedException.isStaleGeneration(e)) {
                return false;
            }
            throw e.getCause() instanceof LogUnavailableException unavailable
                    ? unavailable
                    : new LogUnavailableException("this cannot be appended", false, e.getCause());
        }
    }

    /** Of the label and nothing else, so that whoever comes again, after whatever loss, comes to the same. */
    static UUID stream(String label) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(("diplomatics key retired v1\n" + label).getBytes(StandardCharsets.UTF_8));
            ByteBuffer first = ByteBuffer.wrap(digest);
            return new UUID(first.getLong(), first.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
