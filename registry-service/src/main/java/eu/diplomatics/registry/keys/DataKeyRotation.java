package eu.diplomatics.registry.keys;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.generation.Pace;
import eu.diplomatics.generation.Reencryption;
import eu.diplomatics.generation.ReencryptionException;
import eu.diplomatics.generation.ReencryptionState;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.OldGenerations;
import eu.diplomatics.registry.relay.Relay;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A new generation of data keys: the log is sealed anew and switched, then the old generation goes, wherever it lay. What
 * is left to do stands in the databases: the old table goes last, and with it the mark that a rotation is under way.
 */
final class DataKeyRotation implements KeyOperation {
    static final String KIND = "data-keys";
    private static final String SHARE = "share";
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Reencryption reencryption;
    private final Relay relay;
    private final OldGenerations oldKeys;
    private final InstantSource clock;
    private final Duration leeway;
    private final Pace pace;

    /**
     * @param leeway for whoever had read from the old table when it was current, and not yet opened what was read
     * @param pace where the request names none
     */
    DataKeyRotation(
            Reencryption reencryption,
            Relay relay,
            OldGenerations oldKeys,
            InstantSource clock,
            Duration leeway,
            Pace pace) {
        this.reencryption = reencryption;
        this.relay = relay;
        this.oldKeys = oldKeys;
        this.clock = clock;
        this.leeway = leeway;
        this.pace = pace;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String description() {
        return "seal everything in the log anew under new data keys, and remove the old ones";
    }

    /** {@code share}: of the time that it works, above 0, at most 1. */
    @Override
    public Set<String> arguments() {
        return Set.of(SHARE);
    }

    @Override
    public Optional<String> unusable(Map<String, String> arguments) {
        return pace(arguments).isEmpty() ? Optional.of(SHARE) : Optional.empty();
    }

    private Optional<Pace> pace(Map<String, String> arguments) {
        String share = arguments.get(SHARE);
        try {
            return Optional.of(share == null ? pace : new Pace(Double.parseDouble(share)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public void run(Run run) {
        try {
            change(run);
        } catch (LogUnavailableException e) {
            throw new KeysUnavailableException("the log is away", e);
        } catch (ReencryptionException e) {
            throw new KeyOperationException(e.reason() + " at position " + e.position(), e);
        }
    }

    private void change(Run run) {
        run.step("sealing anew");
        Pace asked = pace(run.arguments())
                .orElseThrow(() -> new KeyOperationException("share is a number above 0, and at most 1"));
        int generation = reencryption.at(asked).copyAndSwitch(run.id(), run::progress);
        int old = generation - 1;
        run.step("waiting for the relay");
        await(run, () -> relay.hasBegun(generation));
        run.step("waiting for readers of the old generation");
        await(run, () -> reencryption.readersOf(old) == 0 && isOver(reencryption.state()));
        run.step("deleting the old topic");
        deleteTopic(old);
        run.step("removing the old keys");
        oldKeys.dropBefore(generation, removed -> run.progress(removed, 0));
        run.step("dropping the old table");
        await(run, () -> reencryption.drop(old));
    }

    private boolean isOver(ReencryptionState state) {
        Instant switchedAt = state.switchedAt();
        return switchedAt != null && clock.instant().isAfter(switchedAt.plus(leeway));
    }

    private void deleteTopic(int generation) {
        try {
            relay.deleteTopic(generation);
        } catch (ExecutionException | TimeoutException e) {
            throw new KeysUnavailableException("Kafka is away", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeysUnavailableException("interrupted", e);
        }
    }

    private static void await(Run run, BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            run.progress(0, 0);
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }
}
