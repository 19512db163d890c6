package eu.diplomatics.registry.backup;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** Looks now and then how old the newest verified generation is, and says aloud when it is too old (R10). */
final class BackupWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackupWatch.class);
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Duration ALARM = Duration.ofHours(26);
    private static final Duration RED = Duration.ofHours(72);

    private final BackupSettings settings;
    private final Supplier<Optional<Instant>> firstEvent;
    private final InstantSource clock;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("backup-watch").factory());
    private volatile State state = new State(Condition.NOT_LOOKED, List.of(), null);

    /** @param firstEvent when the log began: so old is what was never backed up */
    BackupWatch(BackupSettings settings, Supplier<Optional<Instant>> firstEvent, InstantSource clock) {
        this.settings = settings;
        this.firstEvent = firstEvent;
        this.clock = clock;
    }

    /** How backups are. */
    enum Condition {
        NOT_LOOKED,
        /** Nobody told where the index is, or whose signature it has to have. */
        NOT_CONFIGURED,
        FRESH,
        /** A day has gone by without one: somebody has to look. */
        LATE,
        /** Three days: the registry is no longer ready. */
        OVERDUE,
        /** The index is signed by nobody who is believed: somebody changed it, or the key is not known here. */
        UNBELIEVED
    }

    /**
     * @param generations those that count; of an index that is not believed any more, those of the last that was
     * @param since when the newest was verified, or when the log began where there is none; null when it did not yet
     */
    record State(
            Condition condition,
            List<GenerationIndex.Generation> generations,
            @Nullable Instant since) {
        Optional<Duration> age(Instant now) {
            return Optional.ofNullable(since).map(from -> Duration.between(from, now));
        }
    }

    void start() {
        var unused = ticker.scheduleWithFixedDelay(this::tick, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try {
            State before = state;
            State now = look();
            state = now;
            if (before.condition() != now.condition()) {
                tell(now);
            }
        } catch (DataAccessException e) {
            LOG.warn(
                    "how old the newest backup is cannot be told: {}",
                    e.getClass().getSimpleName());
        } catch (RuntimeException e) {
            // anything thrown here would end the schedule
            LOG.error("the look at backups failed: {}", e.getClass().getName());
        }
    }

    private static void tell(State state) {
        switch (state.condition()) {
            case LATE -> LOG.warn("ALARM: no generation of backup was verified for more than {} h", ALARM.toHours());
            case OVERDUE ->
                LOG.error(
                        "ALARM: no generation of backup was verified for more than {} h: not ready any more",
                        RED.toHours());
            case UNBELIEVED ->
                LOG.error("ALARM: the index of generations is signed by no manifest key that is believed");
            case NOT_LOOKED, NOT_CONFIGURED, FRESH -> LOG.info("backups are {}", state.condition());
        }
    }

    /** Looks now. */
    State look() {
        if (settings.index() == null || settings.manifestKeys().isEmpty()) {
            return new State(Condition.NOT_CONFIGURED, List.of(), null);
        }
        return switch (GenerationIndex.read(settings.index(), settings.manifestKeys())) {
            case GenerationIndex.Look.Believed(GenerationIndex index) ->
                of(index.generations(), index.newest().map(GenerationIndex.Generation::verifiedAt));
            case GenerationIndex.Look.Missing() -> of(List.of(), Optional.empty());
            case GenerationIndex.Look.Unbelieved() -> {
                State last = state;
                State old = of(last.generations(), Optional.ofNullable(last.since()));
                yield old.condition() == Condition.OVERDUE
                        ? old
                        : new State(Condition.UNBELIEVED, old.generations(), old.since());
            }
        };
    }

    private State of(List<GenerationIndex.Generation> generations, Optional<Instant> verifiedAt) {
        Instant since = verifiedAt.or(firstEvent).orElse(null);
        Duration age = since == null ? Duration.ZERO : Duration.between(since, clock.instant());
        Condition condition = age.compareTo(RED) > 0
                ? Condition.OVERDUE
                : age.compareTo(ALARM) > 0 ? Condition.LATE : Condition.FRESH;
        return new State(condition, generations, since);
    }

    /** As it was at the last look, some seconds ago. */
    State state() {
        return state;
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
