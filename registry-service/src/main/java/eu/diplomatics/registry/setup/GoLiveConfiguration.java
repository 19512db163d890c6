package eu.diplomatics.registry.setup;

import eu.diplomatics.golive.DatabaseDurability;
import eu.diplomatics.golive.DatabaseRoles;
import eu.diplomatics.golive.DatabaseTls;
import eu.diplomatics.golive.Declared;
import eu.diplomatics.golive.GoLive;
import eu.diplomatics.golive.GoLiveCondition;
import eu.diplomatics.golive.KeyringApart;
import eu.diplomatics.golive.NoMemoryDumps;
import eu.diplomatics.golive.Oversight;
import eu.diplomatics.golive.PlaintextAccepted;
import eu.diplomatics.golive.ProcessMemory;
import eu.diplomatics.golive.ZoneSettings;
import eu.diplomatics.golive.Zones;
import eu.diplomatics.golive.ZonesDeclared;
import eu.diplomatics.keyring.HttpsCustodian;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** What must hold before real numbers are taken. A condition of another package is one more bean of its type. */
@Configuration(proxyBeanMethods = false)
class GoLiveConfiguration {
    private static final String INSECURE = "insecure";
    private static final Duration WARNED_AHEAD = Duration.ofDays(60);
    private static final Status DEGRADED = new Status("DEGRADED");

    /** Before any other bean is made: nothing is sent to a place that is not allowed, and nothing real is held that leaks. */
    @Bean
    static BeanFactoryPostProcessor startOnlyWhereAllowed(Environment environment) {
        return factory -> {
            boolean insecure = environment.matchesProfiles(INSECURE);
            Zones zones = Zones.of(
                    Binder.get(environment)
                            .bind("diplomatics.zones", ZoneSettings.class)
                            .orElse(null),
                    insecure);
            factory.registerSingleton("zones", zones);
            if (!insecure) {
                factory.getBeanProvider(ProcessMemory.class)
                        .getIfAvailable(ProcessMemory::ofThisProcess)
                        .requireNoLeak();
            }
        };
    }

    @Bean(initMethod = "start")
    GoLive goLive(Environment environment, List<GoLiveCondition> conditions, InstantSource clock) {
        return new GoLive(
                "registry-service", !environment.matchesProfiles(INSECURE), Declared.completed(conditions), clock);
    }

    @Bean
    GoLiveCondition profile(Environment environment) {
        return Declared.notInsecure(environment.matchesProfiles(INSECURE));
    }

    @Bean
    GoLiveCondition zonesDeclared(Zones zones) {
        return new ZonesDeclared(zones);
    }

    @Bean
    GoLiveCondition plaintextAccepted(Zones zones, InstantSource clock) {
        return new PlaintextAccepted(zones, clock);
    }

    @Bean
    GoLiveCondition custodianHardware(HttpsCustodian custodian) {
        return Declared.hardwareToken(custodian::isInHardware);
    }

    @Bean
    GoLiveCondition keyringApart(Databases databases) {
        return new KeyringApart(databases.eventstore(), databases.keyrings());
    }

    @Bean
    GoLiveCondition databaseRoles(Databases databases) {
        return new DatabaseRoles(databases.checked());
    }

    @Bean
    GoLiveCondition databaseTls(Databases databases) {
        return new DatabaseTls(databases.checked());
    }

    @Bean
    GoLiveCondition kafkaTls(Settings settings) {
        return Declared.kafkaTls(settings.kafka().tls().isConfigured());
    }

    @Bean
    GoLiveCondition databaseDurability(Databases databases) {
        return new DatabaseDurability(databases.checked());
    }

    @Bean
    Oversight oversight(Environment environment, Zones zones, InstantSource clock) {
        return new Oversight(environment.getProperty("diplomatics.oversight.register", Path.class), zones, clock);
    }

    @Bean
    GoLiveCondition memoryDumps(ObjectProvider<ProcessMemory> memory) {
        return new NoMemoryDumps(() -> memory.getIfAvailable(ProcessMemory::ofThisProcess));
    }

    /** Says ahead of time that the registers are about to close the gate. */
    @Bean
    HealthIndicator oversightHealthIndicator(Oversight oversight, InstantSource clock) {
        return () -> {
            LocalDate soon = LocalDate.ofInstant(clock.instant().plus(WARNED_AHEAD), ZoneOffset.UTC);
            return oversight
                    .nextDue()
                    .map(day -> Health.status(day.isBefore(soon) ? DEGRADED : Status.UP)
                            .withDetail("due", day.toString()))
                    .orElseGet(Health::unknown)
                    .build();
        };
    }
}
