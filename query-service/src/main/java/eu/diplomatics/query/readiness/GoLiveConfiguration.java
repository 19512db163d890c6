package eu.diplomatics.query.readiness;

import eu.diplomatics.golive.CheckedDatabase;
import eu.diplomatics.golive.DatabaseDurability;
import eu.diplomatics.golive.DatabaseRoles;
import eu.diplomatics.golive.DatabaseTls;
import eu.diplomatics.golive.Declared;
import eu.diplomatics.golive.GoLive;
import eu.diplomatics.golive.GoLiveCondition;
import eu.diplomatics.golive.NoMemoryDumps;
import eu.diplomatics.golive.Oversight;
import eu.diplomatics.golive.PlaintextAccepted;
import eu.diplomatics.golive.ProcessMemory;
import eu.diplomatics.golive.RolesAtStart;
import eu.diplomatics.golive.ZoneSettings;
import eu.diplomatics.golive.Zones;
import eu.diplomatics.golive.ZonesDeclared;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** What must hold before real numbers are asked about. A condition of another package is one more bean of its type. */
@Configuration(proxyBeanMethods = false)
class GoLiveConfiguration {
    private static final String INSECURE = "insecure";
    /** Not in the configured order of statuses, so that it says what it says and changes no sum. */
    private static final Status BLOCKED = new Status("BLOCKED");

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
    GoLive goLive(Environment environment, List<GoLiveCondition> conditions) {
        return new GoLive(
                "query-service",
                !environment.matchesProfiles(INSECURE),
                Declared.completed(conditions),
                InstantSource.system());
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
    GoLiveCondition plaintextAccepted(Zones zones) {
        return new PlaintextAccepted(zones, InstantSource.system());
    }

    /** Before the service answers anybody. */
    @Bean
    InitializingBean rolesAtStart(List<CheckedDatabase> databases, Environment environment) {
        return () -> RolesAtStart.require(databases, environment.matchesProfiles(INSECURE));
    }

    @Bean
    GoLiveCondition databaseRoles(List<CheckedDatabase> databases) {
        return new DatabaseRoles(databases);
    }

    @Bean
    GoLiveCondition databaseTls(List<CheckedDatabase> databases) {
        return new DatabaseTls(databases);
    }

    @Bean
    GoLiveCondition databaseDurability(List<CheckedDatabase> databases) {
        return new DatabaseDurability(databases);
    }

    @Bean
    Oversight oversight(Environment environment, Zones zones) {
        return new Oversight(
                environment.getProperty("diplomatics.oversight.register", Path.class), zones, InstantSource.system());
    }

    @Bean
    GoLiveCondition memoryDumps(ObjectProvider<ProcessMemory> memory) {
        return new NoMemoryDumps(() -> memory.getIfAvailable(ProcessMemory::ofThisProcess));
    }

    /** Says whether real numbers are asked about; whether the service is ready for its other work does not depend on it. */
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
}
