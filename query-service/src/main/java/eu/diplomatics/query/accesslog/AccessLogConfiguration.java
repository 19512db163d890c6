package eu.diplomatics.query.accesslog;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.accesslog.NoticeSeal;
import eu.diplomatics.golive.CheckedDatabase;
import eu.diplomatics.keyring.AccessIndexVersions;
import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.query.database.Pools;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The access log behind a pool of its own, so that nothing else can use it up (L09). */
@Configuration(proxyBeanMethods = false)
class AccessLogConfiguration {
    /** Kept away from Spring's own handling of data sources. */
    record Writer(HikariDataSource pool) implements AutoCloseable {
        @Override
        public void close() {
            pool.close();
        }
    }

    @Bean
    Writer accessLogWriter(AccessLogSettings settings) {
        Pools.migrate(settings.url(), settings.migrator(), "accesslog", "classpath:db/accesslog");
        return new Writer(Pools.open("query-access-log", settings.url(), settings.writer(), 8, Duration.ofSeconds(3)));
    }

    @Bean
    CheckedDatabase checkedAccessLog(Writer writer, AccessLogSettings settings) {
        return new CheckedDatabase(
                "accesslog", settings.writer().username(), writer.pool(), settings.url(), Set.of("entry INSERT"));
    }

    /** Kept away from Spring's own handling of data sources. */
    record Teller(HikariDataSource pool) implements AutoCloseable {
        @Override
        public void close() {
            pool.close();
        }
    }

    /** Depends on the writer, which brings the schema up to date. A pool of its own: who reads keeps nobody from writing. */
    @Bean
    Teller accessLogTeller(Writer migrated, AccessLogSettings settings) {
        return new Teller(Pools.open("query-access-rows", settings.url(), settings.teller(), 4, Duration.ofSeconds(5)));
    }

    @Bean
    CheckedDatabase checkedAccessLogTeller(Teller teller, AccessLogSettings settings) {
        return new CheckedDatabase("accesslog", settings.teller().username(), teller.pool(), settings.url(), Set.of());
    }

    /** Kept away from Spring's own handling of data sources. */
    record Notifier(HikariDataSource pool) implements AutoCloseable {
        @Override
        public void close() {
            pool.close();
        }
    }

    /** Depends on the writer, which brings the schema up to date. */
    @Bean
    Notifier accessLogNotifier(Writer migrated, AccessLogSettings settings) {
        return new Notifier(
                Pools.open("query-notices", settings.url(), settings.notifier(), 3, Duration.ofSeconds(10)));
    }

    @Bean
    CheckedDatabase checkedAccessLogNotifier(Notifier notifier, AccessLogSettings settings) {
        return new CheckedDatabase(
                "accesslog", settings.notifier().username(), notifier.pool(), settings.url(), Set.of());
    }

    @Bean
    NoticeLedger noticeLedger(Notifier notifier) {
        return new NoticeLedger(notifier.pool());
    }

    @Bean
    CaseLedger caseLedger(Notifier notifier) {
        return new CaseLedger(notifier.pool());
    }

    @Bean
    AccessRows accessRows(Teller teller, AccessSeal seal) {
        return new AccessRows(teller.pool(), seal);
    }

    @Bean
    AccessSeal accessSeal(Keyring keyring) {
        return new AccessSeal(keyring);
    }

    @Bean
    NumberSubjects numberSubjects(BlindIndex index, AccessIndexVersions versions) {
        return new NumberSubjects(index, versions);
    }

    @Bean
    NoticeSeal noticeSeal(Keyring keyring) {
        return new NoticeSeal(keyring);
    }

    @Bean
    Onlookers onlookers(MeterRegistry metrics, @Value("${diplomatics.accesslog.onlookers.many:10}") int many) {
        return new Onlookers(metrics, many, InstantSource.system());
    }

    @Bean
    AccessLog accessLog(Writer writer, AccessSeal seal, NoticeSeal notices, Onlookers onlookers) {
        return new AccessLog(writer.pool(), seal, new Recipients(notices), onlookers);
    }

    @Bean
    QuotaLedger quotaLedger(Writer writer) {
        return new QuotaLedger(writer.pool());
    }

    @Bean
    HealthIndicator accessLogHealthIndicator(Writer writer) {
        return () -> {
            try (Connection connection = writer.pool().getConnection()) {
                return connection.isValid(1)
                        ? Health.up().build()
                        : Health.down().build();
            } catch (SQLException e) {
                return Health.down().build();
            }
        };
    }
}
