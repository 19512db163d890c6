package eu.diplomatics.registry.dispute;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.registry.registration.Rules;
import eu.diplomatics.vault.EventVault;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Disputes, put together. */
@Configuration(proxyBeanMethods = false)
class DisputeConfiguration {
    @Bean
    DisputeSettings disputeSettings(
            @Value("${diplomatics.disputes.days:30}") int days,
            @Value("${diplomatics.disputes.look:10m}") Duration look) {
        return new DisputeSettings(days, look);
    }

    @Bean
    Disputes disputes(EventReader reader, EventVault vault, Rules rules) {
        return new Disputes(reader, vault, rules);
    }

    @Bean(initMethod = "start")
    DisputeWatch disputeWatch(Disputes disputes, DisputeSettings settings) {
        return new DisputeWatch(disputes, settings.look());
    }

    @Bean
    MeterBinder disputeMetrics(DisputeWatch watch) {
        return registry -> {
            Gauge.builder(
                            "diplomatics.disputes.open",
                            watch,
                            each -> each.count().open())
                    .description("disputes that nobody settled yet")
                    .register(registry);
            Gauge.builder(
                            "diplomatics.disputes.overdue",
                            watch,
                            each -> each.count().overdue())
                    .description("disputes that should have been settled by now: an alarm")
                    .register(registry);
        };
    }
}
