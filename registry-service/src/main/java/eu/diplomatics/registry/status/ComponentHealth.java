package eu.diplomatics.registry.status;

import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.golive.GoLive;
import eu.diplomatics.keyring.KekLease;
import eu.diplomatics.registry.relay.Relay;
import eu.diplomatics.registry.relay.RelayState;
import eu.diplomatics.registry.transparency.Cosigners;
import eu.diplomatics.registry.transparency.Stampers;
import eu.diplomatics.sealing.Cosigner;
import eu.diplomatics.sealing.Sealer;
import eu.diplomatics.sealing.SealerState;
import eu.diplomatics.sealing.TimeStamper;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What health is made of. Only the log and the keys decide whether the service is ready: it registers without Kafka. */
@Configuration(proxyBeanMethods = false)
class ComponentHealth {
    private static final Status DEGRADED = new Status("DEGRADED");
    /** Not in the configured order of statuses, so that it says what it says and changes no sum. */
    private static final Status BLOCKED = new Status("BLOCKED");

    @Bean
    HealthIndicator log(EventLog log) {
        return () -> log.isReady() ? Health.up().build() : Health.down().build();
    }

    @Bean
    HealthIndicator keys(KekLease lease) {
        return () -> lease.isValid()
                ? Health.up()
                        .withDetail("leaseEndsAt", lease.endsAt().toString())
                        .build()
                : Health.down().build();
    }

    /** Says whether real numbers are taken; whether the service is ready for its other work does not depend on it. */
    @Bean
    HealthIndicator goLiveHealthIndicator(GoLive goLive) {
        return () -> {
            List<String> red = goLive.red();
            return Health.status(red.isEmpty() ? Status.UP : BLOCKED)
                    .withDetail("gate", goLive.isApplied() ? red.isEmpty() ? "OPEN" : "CLOSED" : "NOT_APPLIED")
                    .withDetail("red", red)
                    .build();
        };
    }

    @Bean
    HealthIndicator relayed(Relay relay) {
        return () -> {
            RelayState state = relay.state();
            return Health.status(state.publishing() ? Status.UP : DEGRADED)
                    .withDetail("position", state.position())
                    .build();
        };
    }

    /** The registry goes on when the log is not sealed in time; that somebody tampered with it is another matter. */
    @Bean
    HealthIndicator sealed(Sealer sealer) {
        return () -> {
            SealerState state = sealer.state();
            Status status = state.halted().isPresent() ? Status.DOWN : state.overdue() ? DEGRADED : Status.UP;
            Health.Builder health =
                    Health.status(status).withDetail("size", state.size()).withDetail("waiting", state.waiting());
            state.waitingSince().ifPresent(since -> health.withDetail("waitingSince", since.toString()));
            state.halted()
                    .ifPresent(
                            reason -> health.withDetail("halted", reason.name()).withDetail("where", state.where()));
            return health.build();
        };
    }

    /** Sealing goes on without a witness; one that contradicts the log is another matter. */
    @Bean
    HealthIndicator cosigned(Cosigners cosigners) {
        return () -> {
            List<Cosigner.State> states =
                    cosigners.all().stream().map(Cosigner::state).toList();
            Status status = states.stream().anyMatch(state -> state.trouble() == Cosigner.Trouble.CONTRADICTED)
                    ? Status.DOWN
                    : states.stream().allMatch(state -> state.trouble() == Cosigner.Trouble.NONE)
                            ? Status.UP
                            : DEGRADED;
            return Health.status(status)
                    .withDetail(
                            "witnesses",
                            states.stream()
                                    .map(state -> Map.of(
                                            "size",
                                            state.size(),
                                            "trouble",
                                            state.trouble().name()))
                                    .toList())
                    .build();
        };
    }

    @Bean
    HealthIndicator stamped(Stampers stampers) {
        return () -> {
            List<TimeStamper.State> states =
                    stampers.all().stream().map(TimeStamper::state).toList();
            boolean well = states.stream().allMatch(state -> state.trouble().isEmpty());
            return Health.status(well ? Status.UP : DEGRADED)
                    .withDetail(
                            "authorities",
                            states.stream()
                                    .map(state -> Map.of("size", state.size(), "trouble", state.trouble()))
                                    .toList())
                    .build();
        };
    }

    @Bean
    MeterBinder sealerMetrics(Sealer sealer, Cosigners cosigners, InstantSource clock) {
        return registry -> {
            Gauge.builder("diplomatics.log.sealed", sealer, s -> s.state().size())
                    .description("leaves under the newest checkpoint")
                    .register(registry);
            Gauge.builder("diplomatics.log.waiting", sealer, s -> age(s, clock))
                    .description("how long the oldest unsealed leaf waits")
                    .baseUnit("seconds")
                    .register(registry);
            Gauge.builder("diplomatics.log.cosigned", cosigners, ComponentHealth::cosignedSize)
                    .description("leaves under the newest checkpoint that every witness has cosigned")
                    .register(registry);
            Gauge.builder("diplomatics.log.overdue", sealer, s -> s.state().overdue() ? 1 : 0)
                    .description("1 while a leaf waits longer than receipts promise: an alarm")
                    .register(registry);
            Gauge.builder(
                            "diplomatics.log.halted",
                            sealer,
                            s -> s.state().halted().isPresent() ? 1 : 0)
                    .description("1 while nothing is signed because the log is not what was signed: an alarm")
                    .register(registry);
        };
    }

    private static double cosignedSize(Cosigners cosigners) {
        return cosigners.all().stream()
                .mapToLong(cosigner -> cosigner.state().size())
                .min()
                .orElse(0);
    }

    private static double age(Sealer sealer, InstantSource clock) {
        return sealer.state()
                .waitingSince()
                .map(since ->
                        Math.max(0, Duration.between(since, clock.instant()).toMillis()) / 1000.0)
                .orElse(0.0);
    }
}
