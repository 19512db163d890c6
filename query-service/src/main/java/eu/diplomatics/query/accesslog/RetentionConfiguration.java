package eu.diplomatics.query.accesslog;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.golive.CheckedDatabase;
import eu.diplomatics.query.database.Login;
import eu.diplomatics.query.database.Pools;
import eu.diplomatics.retention.Kept;
import eu.diplomatics.retention.RetentionJob;
import eu.diplomatics.retention.RetentionJob.Rule;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What lies in the access log's database goes when it was kept long enough (R27). */
@Configuration(proxyBeanMethods = false)
class RetentionConfiguration {
    /**
     * Other periods than those of {@link Kept}.
     *
     * @param accessLogHold nothing that was logged from this moment on goes, while somebody has to keep it
     */
    @ConfigurationProperties("diplomatics.retention")
    record RetentionSettings(
            @Nullable Duration accessLog,
            @Nullable Instant accessLogHold,
            @Nullable Duration recipients,
            @Nullable Duration notices,
            @Nullable Duration cases,
            @Nullable Duration quotaCounts) {}

    /** Where it logs in. */
    @ConfigurationProperties("diplomatics.accesslog")
    record RetentionLogin(String url, Login retention) {
        RetentionLogin {
            if (retention == null) {
                throw new IllegalStateException(
                        "diplomatics.accesslog.retention is missing: the login of the role al_retention");
            }
        }
    }

    /** Kept away from Spring's own handling of data sources. */
    record Remover(HikariDataSource pool) implements AutoCloseable {
        @Override
        public void close() {
            pool.close();
        }
    }

    @Bean
    Remover accessLogRemover(RetentionLogin login) {
        return new Remover(Pools.open("query-al-retention", login.url(), login.retention(), 1, Duration.ofSeconds(60)));
    }

    @Bean
    CheckedDatabase checkedAccessLogRemover(Remover remover, RetentionLogin login) {
        return new CheckedDatabase("accesslog", login.retention().username(), remover.pool(), login.url(), Set.of());
    }

    /** Depends on the writer, which brings the schema up to date. */
    @Bean(initMethod = "start")
    RetentionJob retentionJob(AccessLogConfiguration.Writer migrated, Remover remover, RetentionSettings settings) {
        Expiry expiry = new Expiry(remover.pool());
        return new RetentionJob(
                List.of(
                        new Rule(
                                Kept.ACCESS_LOG,
                                Kept.ACCESS_LOG.period(settings.accessLog()),
                                settings.accessLogHold(),
                                expiry::rows),
                        new Rule(
                                Kept.RECIPIENTS,
                                Kept.RECIPIENTS.period(settings.recipients()),
                                null,
                                expiry::recipients),
                        new Rule(Kept.NOTICES, Kept.NOTICES.period(settings.notices()), null, expiry::notices),
                        new Rule(Kept.CASES, Kept.CASES.period(settings.cases()), null, expiry::cases),
                        new Rule(
                                Kept.QUOTA_COUNTS,
                                Kept.QUOTA_COUNTS.period(settings.quotaCounts()),
                                null,
                                expiry::quotas)),
                InstantSource.system());
    }

    @Bean
    HealthIndicator retentionHealthIndicator(RetentionJob job) {
        return () -> {
            Health.Builder health = Health.status(job.isOverdue() ? new Status("DEGRADED") : Status.UP);
            job.states().forEach((kind, state) -> health.withDetail(kind.label(), state));
            return health.build();
        };
    }

    @Bean
    MeterBinder retentionMetrics(RetentionJob job) {
        return registry -> {
            job.states()
                    .keySet()
                    .forEach(kind -> FunctionCounter.builder(
                                    "diplomatics.retention.removed",
                                    job,
                                    each -> Objects.requireNonNull(each.states().get(kind))
                                            .removed())
                            .tag("kind", kind.label())
                            .description("rows that were kept long enough and went")
                            .register(registry));
            Gauge.builder("diplomatics.retention.overdue", job, each -> each.isOverdue() ? 1 : 0)
                    .description("1 while something should have gone for more than a day: an alarm")
                    .register(registry);
        };
    }
}
