package eu.diplomatics.registry.backup;

import eu.diplomatics.golive.GoLiveCondition;
import eu.diplomatics.registry.backup.BackupWatch.Condition;
import eu.diplomatics.registry.backup.BackupWatch.State;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Backups, for operators and for the gate. */
@Configuration(proxyBeanMethods = false)
class BackupConfiguration {
    private static final Status DEGRADED = new Status("DEGRADED");
    private static final double MILLIS = 1000.0;

    @Bean(initMethod = "start")
    BackupWatch backupWatch(BackupSettings settings, LogReader log, InstantSource clock) {
        return new BackupWatch(settings, once(log), clock);
    }

    /** The log begins once. */
    private static Supplier<Optional<Instant>> once(LogReader log) {
        AtomicReference<Optional<Instant>> known = new AtomicReference<>(Optional.empty());
        return () -> known.updateAndGet(before -> before.isPresent() ? before : firstEvent(log));
    }

    private static Optional<Instant> firstEvent(LogReader log) {
        return JdbcClient.create(log.dataSource())
                .sql("SELECT recorded_at FROM eventstore.event ORDER BY position LIMIT 1")
                .query((row, number) -> row.getTimestamp(1).toInstant())
                .optional();
    }

    @Bean
    GoLiveCondition verifiedGeneration(BackupWatch watch) {
        return new VerifiedGeneration(watch::look);
    }

    @Bean
    Drills drills(BackupSettings settings, InstantSource clock) {
        return new Drills(settings, clock);
    }

    @Bean
    Runs runs(BackupSettings settings, InstantSource clock) {
        return new Runs(settings, clock);
    }

    /** An alarm only: what is registered since the last tail would be lost with everything else. */
    @Bean
    HealthIndicator tailHealthIndicator(Runs runs) {
        return () -> {
            Health.Builder health = Health.status(
                    switch (runs.tail()) {
                        case FRESH -> Status.UP;
                        case LATE -> DEGRADED;
                        case NONE -> Status.UNKNOWN;
                    });
            runs.tailAge()
                    .ifPresent(age -> health.withDetail(
                            "age", age.truncatedTo(ChronoUnit.SECONDS).toString()));
            return health.build();
        };
    }

    /** An alarm only: a registry that was not rehearsed works. */
    @Bean
    HealthIndicator drillsHealthIndicator(Drills drills) {
        return () -> {
            Drills.Condition condition = drills.look().condition();
            return Health.status(
                            switch (condition) {
                                case REHEARSED -> Status.UP;
                                case OVERDUE, FAILED -> DEGRADED;
                                case NOT_CONFIGURED -> Status.UNKNOWN;
                            })
                    .withDetail("condition", condition.name())
                    .build();
        };
    }

    /** Late is an alarm; after three days the registry is not ready any more. */
    @Bean
    HealthIndicator backups(BackupWatch watch, InstantSource clock) {
        return () -> {
            State state = watch.state();
            Health.Builder health = Health.status(status(state.condition()))
                    .withDetail("condition", state.condition().name())
                    .withDetail("generations", state.generations().size());
            state.age(clock.instant())
                    .ifPresent(age -> health.withDetail(
                            "age", age.truncatedTo(ChronoUnit.SECONDS).toString()));
            return health.build();
        };
    }

    private static Status status(Condition condition) {
        return switch (condition) {
            case FRESH -> Status.UP;
            case LATE, UNBELIEVED -> DEGRADED;
            case OVERDUE -> Status.DOWN;
            case NOT_LOOKED, NOT_CONFIGURED -> Status.UNKNOWN;
        };
    }

    @Bean
    MeterBinder backupMetrics(BackupWatch watch, Drills drills, Runs runs, InstantSource clock) {
        return registry -> {
            runs.measured(registry);
            Gauge.builder("diplomatics.backup.age", watch, each -> age(each, clock))
                    .description("since the newest generation was verified; since the log began where there is none")
                    .baseUnit("seconds")
                    .register(registry);
            Gauge.builder(
                            "diplomatics.backup.generations",
                            watch,
                            each -> each.state().generations().size())
                    .description("generations that count: three")
                    .register(registry);
            Gauge.builder(
                            "diplomatics.drill.age",
                            drills,
                            each -> each.age()
                                    .map(age -> age.toMillis() / MILLIS)
                                    .orElse(Double.NaN))
                    .description("since the last drill that passed; no number where there was none")
                    .baseUnit("seconds")
                    .register(registry);
            Gauge.builder("diplomatics.backup.late", watch, each -> isAlarm(each.state()) ? 1 : 0)
                    .description("1 while no generation is new enough, or none is to be believed: an alarm")
                    .register(registry);
        };
    }

    private static boolean isAlarm(State state) {
        return switch (state.condition()) {
            case LATE, OVERDUE, UNBELIEVED -> true;
            case FRESH, NOT_LOOKED, NOT_CONFIGURED -> false;
        };
    }

    private static double age(BackupWatch watch, InstantSource clock) {
        return watch.state().age(clock.instant()).map(Duration::toMillis).orElse(0L) / MILLIS;
    }
}
