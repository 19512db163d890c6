package eu.diplomatics.registry.setup;

import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.PostgresEventLog;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.SecretVersions;
import eu.diplomatics.registry.transparency.Cosigners;
import eu.diplomatics.registry.transparency.LogResumptions;
import eu.diplomatics.registry.transparency.PublishedLog;
import eu.diplomatics.registry.transparency.Stampers;
import eu.diplomatics.sealing.Cosigner;
import eu.diplomatics.sealing.EventLeaves;
import eu.diplomatics.sealing.LogResumption;
import eu.diplomatics.sealing.LogSealer;
import eu.diplomatics.sealing.SealMemory;
import eu.diplomatics.sealing.Sealer;
import eu.diplomatics.sealing.TimeStamper;
import eu.diplomatics.sealing.VersionedCheckpointKeys;
import eu.diplomatics.timestamp.TimeStamps;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.witness.HttpWitness;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What seals the log. */
@Configuration(proxyBeanMethods = false)
class SealingConfiguration {
    private static final String CHECKPOINT_KEY = "checkpoint-key";
    private static final String ACCESS_LOG_KEY = "access-log-checkpoint-key";

    /** Names registry and log, and their first incarnation. */
    record Origin(String name) {}

    @Bean
    Origin origin(Settings settings) {
        return new Origin(settings.transparency().name() + "/events/1");
    }

    @Bean
    VersionedCheckpointKeys checkpointKeys(Keyring keyring, Origin origin, Settings settings, InstantSource clock) {
        return new VersionedCheckpointKeys(
                new SecretVersions(keyring, CHECKPOINT_KEY, clock),
                origin.name(),
                settings.transparency().changeover(),
                clock);
    }

    @Bean
    PublishedLog publishedLog(Databases databases, VersionedCheckpointKeys keys) {
        return new PublishedLog(databases.reader(), keys);
    }

    @Bean
    LogResumptions logResumptions(
            Databases databases,
            Keyring keyring,
            VersionedCheckpointKeys keys,
            Origin origin,
            PostgresEventLog log,
            EventVault vault,
            KeyGenerations generations,
            Settings settings,
            InstantSource clock) {
        Settings.Witness witness = settings.transparency().witness();
        LogResumption resumption = new LogResumption(
                databases.reader(), new EventLeaves(), databases.keyring(), origin.name(), keys, clock);
        return new LogResumptions(
                resumption,
                databases.reader(),
                log,
                origin.name(),
                keyring,
                vault,
                generations,
                witness == null ? List.of() : List.of(VerifierKey.parse(witness.key())));
    }

    /** Those who cosign, perhaps nobody. */
    @Bean
    Cosigners cosigners(Databases databases, Settings settings) {
        Settings.Witness witness = settings.transparency().witness();
        return new Cosigners(
                witness == null
                        ? List.of()
                        : List.of(new Cosigner(
                                databases.sealer(),
                                new EventLeaves().schema(),
                                VerifierKey.parse(witness.key()),
                                HttpWitness.at(
                                        witness.url(),
                                        witness.keyStore(),
                                        witness.trustStore(),
                                        witness.storePassword()))));
    }

    /** Who stamps, perhaps nobody. */
    @Bean
    Stampers stampers(Databases databases, Settings settings, InstantSource clock) throws IOException {
        Settings.TimeStamps timeStamps = settings.transparency().timeStamps();
        return new Stampers(
                timeStamps == null
                        ? List.of()
                        : List.of(new TimeStamper(
                                databases.sealer(),
                                new EventLeaves().schema(),
                                timeStamps.url(),
                                TimeStamps.trusting(timeStamps.certificates()),
                                timeStamps.every(),
                                clock)));
    }

    @Bean(initMethod = "start")
    Sealer sealer(
            Databases databases,
            Keyring keyring,
            Origin origin,
            VersionedCheckpointKeys keys,
            Cosigners cosigners,
            Stampers stampers,
            PostgresEventLog log,
            Settings settings,
            InstantSource clock) {
        Settings.Transparency transparency = settings.transparency();
        LogSealer sealing = new LogSealer(
                databases.sealer(), new EventLeaves(), new SealMemory(databases.keyring()), origin.name(), keys);
        Sealer sealer = new Sealer(
                sealing,
                new Sealer.Settings(transparency.interval(), transparency.soon(), transparency.maxDelay()),
                clock,
                () -> {
                    cosigners.all().forEach(Cosigner::cosign);
                    stampers.all().forEach(TimeStamper::stamp);
                    // the query side needs it and may make nothing
                    keyring.secret(ACCESS_LOG_KEY).close();
                });
        log.onAppended(sealer::grown);
        return sealer;
    }
}
