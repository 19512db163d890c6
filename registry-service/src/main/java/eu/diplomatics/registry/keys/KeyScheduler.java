package eu.diplomatics.registry.keys;

import eu.diplomatics.keyring.KeysUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Asks for what is due: the rewrite of the keyring every night, every other rotation when its key reaches its age. */
final class KeyScheduler implements AutoCloseable {
    static final String NAME = "scheduler";
    private static final Logger LOG = LoggerFactory.getLogger(KeyScheduler.class);
    private static final Duration LOOK = Duration.ofSeconds(5);
    /** What failed is looked at by somebody; asked for again at once it would only fail again. */
    private static final Duration AFTER_FAILURE = Duration.ofHours(1);

    private final KeyRegister register;
    private final OperationRunner runner;
    private final LocalTime nightly;
    private final InstantSource clock;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("key-scheduler").factory());
    private volatile List<String> overdue = List.of();
    private boolean failing;

    /** @param nightly when the keyring is rewritten, UTC */
    KeyScheduler(KeyRegister register, OperationRunner runner, LocalTime nightly, InstantSource clock) {
        this.register = register;
        this.runner = runner;
        this.nightly = nightly;
        this.clock = clock;
    }

    void start() {
        var unused = ticker.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            askForWhatIsDue();
            failing = false;
        } catch (KeysUnavailableException | DataAccessException | TransactionException e) {
            if (!failing) {
                LOG.warn("what is due cannot be told: {}", e.getClass().getSimpleName());
            }
            failing = true;
        } catch (RuntimeException e) {
            // anything thrown here would end the schedule
            LOG.error("the look at keys that are due failed: {}", e.getClass().getName());
        }
    }

    void askForWhatIsDue() {
        Instant now = clock.instant();
        List<KeyState> states = register.states();
        overdue = states.stream().filter(KeyState::overdue).map(KeyState::name).toList();
        for (KeyState key : states) {
            String kind = key.rotatedBy();
            if (kind != null && isDue(key, now)) {
                request(kind, now);
            }
        }
        for (KeyOperation operation : runner.kinds()) {
            if (operation.isDue(now)) {
                request(operation.kind(), now);
            }
        }
    }

    private void request(String kind, Instant now) {
        boolean justFailed = runner.lastFailed(kind)
                .filter(at -> now.isBefore(at.plus(AFTER_FAILURE)))
                .isPresent();
        if (!justFailed && runner.kind(kind).filter(KeyOperation::runsByItself).isPresent()) {
            Operation asked = runner.request(kind, Map.of(), NAME);
            LOG.debug("due: {} {}", kind, asked.id());
        }
    }

    /** The keys that were past their period and its grace at the last look. */
    List<String> overdue() {
        return overdue;
    }

    private boolean isDue(KeyState key, Instant now) {
        if (KeyringRewriteOperation.KIND.equals(key.rotatedBy())) {
            Instant night = lastNight(now);
            return key.versions().stream()
                    .filter(version -> version.state() == KeyState.State.ACTIVE)
                    .anyMatch(version -> version.madeAt().isBefore(night));
        }
        Instant due = key.due();
        return due != null
                && !now.isBefore(due)
                && runner.lastDone(String.valueOf(key.rotatedBy()))
                        .filter(done -> !done.isBefore(due))
                        .isEmpty();
    }

    /** The last time at which the nightly work was to begin. */
    private Instant lastNight(Instant now) {
        ZonedDateTime today = now.atZone(ZoneOffset.UTC).with(nightly);
        return (today.toInstant().isAfter(now) ? today.minusDays(1) : today).toInstant();
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
