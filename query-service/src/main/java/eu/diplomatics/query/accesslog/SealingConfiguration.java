package eu.diplomatics.query.accesslog;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.golive.CheckedDatabase;
import eu.diplomatics.inventory.ArtefactSource;
import eu.diplomatics.keyring.AccessIndexCheck;
import eu.diplomatics.keyring.AccessIndexVersions;
import eu.diplomatics.keyring.Custodian;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.SecretVersions;
import eu.diplomatics.query.database.Login;
import eu.diplomatics.query.database.Pools;
import eu.diplomatics.query.seal.SealWatch;
import eu.diplomatics.sealing.AccessLeaves;
import eu.diplomatics.sealing.Cosigner;
import eu.diplomatics.sealing.LogSealer;
import eu.diplomatics.sealing.SealMemory;
import eu.diplomatics.sealing.Sealer;
import eu.diplomatics.sealing.SealerState;
import eu.diplomatics.sealing.VersionedCheckpointKeys;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.witness.HttpWitness;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Seals the access log in a tree of its own. Consultations go on when it does not: their rows are durable before. */
@Configuration(proxyBeanMethods = false)
class SealingConfiguration {
    private static final String CHECKPOINT_KEY = "access-log-checkpoint-key";
    private static final Status DEGRADED = new Status("DEGRADED");

    /**
     * How the access log is sealed.
     *
     * @param name of this registry in its checkpoints, for ever: that of the event log's
     * @param interval at most so long between two checkpoints
     * @param soon as many rows are not kept waiting for the interval
     * @param maxDelay how long a row may wait; later is an alarm
     * @param changeover how long a checkpoint key signs on beside the one that followed it
     * @param witness who cosigns; without one nobody does
     */
    @ConfigurationProperties("diplomatics.transparency")
    record TransparencySettings(
            @DefaultValue("registry.invalid") String name,
            @DefaultValue("1m") Duration interval,
            @DefaultValue("4096") int soon,
            @DefaultValue("2m") Duration maxDelay,
            @DefaultValue("90d") Duration changeover,
            @Nullable Witness witness) {
        /**
         * The controller's witness.
         *
         * @param key its verifier key, which the controller gave
         * @param keyStore with what it is shown, where it asks for a certificate; then the trust store and password of
         *     both, too
         */
        record Witness(
                URI url,
                String key,
                @Nullable Path keyStore,
                @Nullable Path trustStore,
                @Nullable String storePassword) {
            @Override
            public String toString() {
                return "Witness[" + url + "]";
            }
        }
    }

    /** Where the sealer logs in, and where it keeps what it signed. */
    @ConfigurationProperties("diplomatics")
    record SealingSettings(Accesslog accesslog, Keyring keyring) {
        record Accesslog(String url, Login sealer) {}

        record Keyring(String url, Login app) {}
    }

    /** Kept away from Spring's own handling of data sources. */
    record Pair(HikariDataSource log, HikariDataSource keyring) implements AutoCloseable {
        @Override
        public void close() {
            log.close();
            keyring.close();
        }
    }

    /** The log's name in its checkpoints, and with what they are signed. */
    record Origin(String name, VersionedCheckpointKeys keys) {}

    @Bean
    Pair sealingDatabases(SealingSettings settings) {
        Duration limit = Duration.ofSeconds(20);
        return new Pair(
                Pools.open(
                        "query-al-sealer",
                        settings.accesslog().url(),
                        settings.accesslog().sealer(),
                        2,
                        limit),
                Pools.open(
                        "query-seal-memory",
                        settings.keyring().url(),
                        settings.keyring().app(),
                        1,
                        limit));
    }

    @Bean
    CheckedDatabase checkedAccessLogSealer(Pair databases, SealingSettings settings) {
        return new CheckedDatabase(
                "accesslog",
                settings.accesslog().sealer().username(),
                databases.log(),
                settings.accesslog().url(),
                Set.of("unsealed DELETE", "leaf INSERT", "tile INSERT", "checkpoint INSERT", "cosignature INSERT"));
    }

    @Bean
    Origin accessLogOrigin(TransparencySettings settings, Keyring keyring) {
        String name = settings.name() + "/access/1";
        InstantSource clock = InstantSource.system();
        return new Origin(
                name,
                new VersionedCheckpointKeys(
                        new SecretVersions(keyring, CHECKPOINT_KEY, clock), name, settings.changeover(), clock));
    }

    /** Those who cosign, perhaps nobody. */
    record Cosigners(List<Cosigner> all) {}

    @Bean
    Cosigners accessLogCosigners(Pair databases, TransparencySettings settings) {
        TransparencySettings.Witness witness = settings.witness();
        return new Cosigners(
                witness == null
                        ? List.of()
                        : List.of(new Cosigner(
                                databases.log(),
                                new AccessLeaves().schema(),
                                VerifierKey.parse(witness.key()),
                                HttpWitness.at(
                                        witness.url(),
                                        witness.keyStore(),
                                        witness.trustStore(),
                                        witness.storePassword()))));
    }

    /** Depends on the writer, which brings the schema up to date. */
    @Bean(initMethod = "start")
    Sealer accessLogSealer(
            AccessLogConfiguration.Writer migrated,
            Pair databases,
            Origin origin,
            Cosigners cosigners,
            TransparencySettings settings) {
        return new Sealer(
                new LogSealer(
                        databases.log(),
                        new AccessLeaves(),
                        new SealMemory(databases.keyring()),
                        origin.name(),
                        origin.keys()),
                new Sealer.Settings(settings.interval(), settings.soon(), settings.maxDelay()),
                InstantSource.system(),
                () -> cosigners.all().forEach(Cosigner::cosign));
    }

    @Bean
    ArtefactSource accessLogArtefacts(Pair databases) {
        return new AccessLogArtefacts(databases.log());
    }

    /** Depends on the writer, which brings the schema up to date. */
    @Bean(initMethod = "start")
    AccessIndexWatch accessIndexWatch(
            AccessLogConfiguration.Writer migrated,
            Pair databases,
            Keyring keyring,
            Custodian custodian,
            AccessIndexVersions versions) {
        return new AccessIndexWatch(new AccessIndexCheck(keyring, custodian, versions), databases.log());
    }

    @Bean
    SealWatch accessLogSeal(
            Pair databases, Origin origin, Sealer sealer, Cosigners cosigners, TransparencySettings settings) {
        TransparencySettings.Witness witness = settings.witness();
        return new VerifiedSeal(
                databases.log(),
                origin.keys(),
                sealer::state,
                witness == null
                        ? Optional.empty()
                        : Optional.of(new VerifiedSeal.Watched(
                                VerifierKey.parse(witness.key()),
                                cosigners.all().getFirst())));
    }

    @Bean
    AccessLogTree accessLogTree(Pair databases, Origin origin, AccessIndexVersions versions) {
        return new AccessLogTree(databases.log(), origin.keys(), versions);
    }

    @Bean
    HealthIndicator accessLogSealedHealthIndicator(Sealer sealer, Cosigners cosigners) {
        return () -> {
            SealerState state = sealer.state();
            boolean contradicted = cosigners.all().stream()
                    .anyMatch(cosigner -> cosigner.state().trouble() == Cosigner.Trouble.CONTRADICTED);
            boolean cosigned = cosigners.all().stream()
                    .allMatch(cosigner -> cosigner.state().trouble() == Cosigner.Trouble.NONE);
            Status status = state.halted().isPresent() || contradicted
                    ? Status.DOWN
                    : state.overdue() || !cosigned ? DEGRADED : Status.UP;
            Health.Builder health =
                    Health.status(status).withDetail("size", state.size()).withDetail("waiting", state.waiting());
            state.halted()
                    .ifPresent(
                            reason -> health.withDetail("halted", reason.name()).withDetail("where", state.where()));
            return health.build();
        };
    }

    @Bean
    MeterBinder accessLogSealerMetrics(Sealer sealer) {
        return registry -> {
            Gauge.builder("diplomatics.accesslog.sealed", sealer, s -> s.state().size())
                    .description("rows under the newest checkpoint")
                    .register(registry);
            Gauge.builder(
                            "diplomatics.accesslog.overdue",
                            sealer,
                            s -> s.state().overdue() ? 1 : 0)
                    .description("1 while a row waits longer than allowed: an alarm")
                    .register(registry);
            Gauge.builder(
                            "diplomatics.accesslog.halted",
                            sealer,
                            s -> s.state().halted().isPresent() ? 1 : 0)
                    .description("1 while nothing is signed because the log is not what was signed: an alarm")
                    .register(registry);
        };
    }
}
