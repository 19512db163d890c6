package eu.diplomatics.registry.status;

import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.keyring.KekLease;
import eu.diplomatics.registry.relay.Relay;
import eu.diplomatics.registry.relay.RelayState;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What health is made of. Only the log and the keys decide whether the service is ready: it registers without Kafka. */
@Configuration(proxyBeanMethods = false)
class ComponentHealth {
    private static final Status DEGRADED = new Status("DEGRADED");

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

    @Bean
    HealthIndicator relayed(Relay relay) {
        return () -> {
            RelayState state = relay.state();
            return Health.status(state.publishing() ? Status.UP : DEGRADED)
                    .withDetail("position", state.position())
                    .build();
        };
    }
}
