package eu.diplomatics.query.shipping;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.golive.CheckedDatabase;
import eu.diplomatics.golive.GoLiveCondition;
import eu.diplomatics.query.database.Login;
import eu.diplomatics.query.database.Pools;
import eu.diplomatics.query.seal.CopyWatch;
import eu.diplomatics.query.seal.Seal;
import eu.diplomatics.query.shipping.ShippingState.Delay;
import eu.diplomatics.query.shipping.ShippingState.Trouble;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** Ships the access log where the controller has a database for it. Consultations go on when it does not work. */
@Configuration(proxyBeanMethods = false)
class ShippingConfiguration {
    private static final String CONTROLLER = "diplomatics.controller.url";
    private static final Status DEGRADED = new Status("DEGRADED");
    private static final Duration STATEMENT = Duration.ofSeconds(20);

    /**
     * The controller's database.
     *
     * @param url without one nothing is shipped
     * @param shipper login of the role {@code cl_shipper}
     * @param interval between two looks for rows to ship
     * @param late age of a row that is not there: an alarm
     * @param tooLate age of a row that is not there, with which this service is not ready
     * @param mostRows so many rows that are not there count as too late
     */
    @ConfigurationProperties("diplomatics.controller")
    record ControllerSettings(
            @Nullable String url,
            @Nullable Login shipper,
            @DefaultValue("5s") Duration interval,
            @DefaultValue("15m") Duration late,
            @DefaultValue("72h") Duration tooLate,
            @DefaultValue("1000000") long mostRows) {
        Login needShipper() {
            return need(shipper, "diplomatics.controller.shipper", "cl_shipper");
        }

        String needUrl() {
            return need(url, CONTROLLER, "cl_shipper");
        }
    }

    /** Where the shipper reads. */
    @ConfigurationProperties("diplomatics.accesslog")
    record LogSettings(String url, @Nullable Login shipper) {
        Login needShipper() {
            return need(shipper, "diplomatics.accesslog.shipper", "al_shipper");
        }
    }

    private static <T> T need(@Nullable T value, String name, String role) {
        if (value == null) {
            throw new IllegalStateException(name + " is missing: for the role " + role);
        }
        return value;
    }

    /** Kept away from Spring's own handling of data sources. */
    record Ends(HikariDataSource log, HikariDataSource controller) implements AutoCloseable {
        @Override
        public void close() {
            log.close();
            controller.close();
        }
    }

    /** Depends on the writer, which brings the schema up to date. The controller's schema is the controller's to bring up to date. */
    @Bean
    @DependsOn("accessLogWriter")
    @ConditionalOnProperty(CONTROLLER)
    Ends shippingEnds(LogSettings log, ControllerSettings controller) {
        return new Ends(
                Pools.open("query-al-shipper", log.url(), log.needShipper(), 1, STATEMENT),
                Pools.open("query-cl-shipper", controller.needUrl(), controller.needShipper(), 1, STATEMENT));
    }

    @Bean
    @ConditionalOnProperty(CONTROLLER)
    CheckedDatabase checkedShippedLog(Ends ends, LogSettings settings) {
        return new CheckedDatabase(
                "accesslog", settings.needShipper().username(), ends.log(), settings.url(), Set.of());
    }

    @Bean
    @ConditionalOnProperty(CONTROLLER)
    CheckedDatabase checkedController(Ends ends, ControllerSettings settings) {
        return new CheckedDatabase(
                "controller", settings.needShipper().username(), ends.controller(), settings.needUrl(), Set.of());
    }

    @Bean(initMethod = "start")
    @ConditionalOnProperty(CONTROLLER)
    Shipper accessLogShipper(Ends ends, ControllerSettings settings) {
        return new Shipper(
                new Shipping(new LogToShip(ends.log()), new ControllerLog(ends.controller())),
                new Shipper.Settings(settings.interval(), settings.late(), settings.tooLate(), settings.mostRows()),
                InstantSource.system());
    }

    @Bean
    @ConditionalOnProperty(CONTROLLER)
    GoLiveCondition logCopy(CheckedDatabase checkedShippedLog, CheckedDatabase checkedController, Shipper shipper) {
        return new LogCopy(checkedShippedLog, checkedController, shipper::state);
    }

    /** Part of readiness, which says so when rows are too late; whoever asks this service is answered even then. */
    @Bean
    HealthIndicator accessLogShippedHealthIndicator(ObjectProvider<Shipper> shippers) {
        return () -> {
            Shipper shipper = shippers.getIfAvailable();
            if (shipper == null) {
                return Health.up().withDetail("shipping", "OFF").build();
            }
            ShippingState state = shipper.state();
            Status status = state.delay() == Delay.TOO_LATE
                    ? Status.DOWN
                    : state.delay() == Delay.LATE || state.trouble() != Trouble.NONE ? DEGRADED : Status.UP;
            return Health.status(status)
                    .withDetail("shipped", state.shipped())
                    .withDetail("waiting", state.waiting())
                    .withDetail("oldestSeconds", state.age().toSeconds())
                    .withDetail("delay", state.delay().name())
                    .withDetail("trouble", state.trouble().name())
                    .build();
        };
    }

    @Bean
    CopyWatch controllersCopy(ObjectProvider<Shipper> shippers) {
        return () -> Optional.ofNullable(shippers.getIfAvailable())
                .map(Shipper::state)
                .map(state -> new Seal.Copy(
                        state.shipped(),
                        state.waiting(),
                        state.age().toSeconds(),
                        state.trouble().name()));
    }

    @Bean
    @ConditionalOnProperty(CONTROLLER)
    MeterBinder accessLogShipperMetrics(Shipper shipper) {
        return registry -> {
            Gauge.builder(
                            "diplomatics.accesslog.shipped",
                            shipper,
                            s -> s.state().shipped())
                    .description("the last position that the controller's database has")
                    .register(registry);
            Gauge.builder(
                            "diplomatics.accesslog.unshipped",
                            shipper,
                            s -> s.state().waiting())
                    .description("rows that the controller's database has not")
                    .register(registry);
            Gauge.builder(
                            "diplomatics.accesslog.unshipped.age",
                            shipper,
                            s -> s.state().age().toMillis() / 1000.0)
                    .baseUnit("seconds")
                    .description("age of the oldest row that the controller's database has not")
                    .register(registry);
        };
    }
}
