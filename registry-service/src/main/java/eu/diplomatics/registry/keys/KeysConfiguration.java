package eu.diplomatics.registry.keys;

import eu.diplomatics.eventstore.TagVersions;
import eu.diplomatics.generation.TagRotation;
import eu.diplomatics.golive.GoLiveCondition;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeyringRewrite;
import eu.diplomatics.keyring.SecretVersions;
import eu.diplomatics.registry.keys.KeyState.State;
import eu.diplomatics.registry.keys.KeyState.Version;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of key operations, put together. */
@Configuration(proxyBeanMethods = false)
class KeysConfiguration {
    /**
     * The named secrets of the keyring that this service watches and an operation of the same name gives a next version;
     * other keys are beans of their own.
     */
    private static final List<String> SECRETS = List.of(
            "reference-key",
            "receipt-key",
            "command-id-key",
            "batch-key",
            "access-log-seal",
            "checkpoint-key",
            "access-log-checkpoint-key",
            "inventory-key");

    @Bean
    OperationStore operationStore(KeysDatabase database) {
        return new OperationStore(database.dataSource());
    }

    @Bean(initMethod = "start")
    OperationRunner operationRunner(
            KeysDatabase database, OperationStore store, ObjectProvider<KeyOperation> operations, InstantSource clock) {
        return new OperationRunner(
                database.dataSource(), store, operations.orderedStream().toList(), clock);
    }

    @Bean
    KeyRegister keyRegister(Keyring keyring, ObjectProvider<KeyType> types, KeyPeriods periods, InstantSource clock) {
        // our half of the index keys: the operation on both brings its next version
        List<KeyType> all = new ArrayList<>(List.of(new NamedSecret("index-k1", keyring, "index-key")));
        SECRETS.forEach(name -> all.add(new NamedSecret(name, keyring, name)));
        types.orderedStream().forEach(all::add);
        return new KeyRegister(all, periods, clock);
    }

    @Bean
    KeyOperation keyringRewriteOperation(KeyringRewrite rewrite, ObjectProvider<Retiring> retiring) {
        return new KeyringRewriteOperation(rewrite, retiring.orderedStream().toList());
    }

    @Bean
    KeyOperation receiptKeyRotation(Keyring keyring) {
        return new SecretRotation(
                "receipt-key", "signs receipts under a new key; those given before stay valid", keyring);
    }

    @Bean
    KeyOperation referenceKeyOperation(TagRotation rotation) {
        return new ReferenceKeyOperation(rotation);
    }

    /** Its tags are gone with their table; who is slower than this is refused by the log and tags anew. */
    @Bean
    Retiring referenceKeys(Keyring keyring, TagVersions versions) {
        return new Retiring(ReferenceTagger.KEY, () -> {
            int current = versions.refresh().current();
            return keyring.secretVersions(ReferenceTagger.KEY).stream()
                    .filter(version -> SecretVersions.number(ReferenceTagger.KEY, version.name()) < current)
                    .toList();
        });
    }

    @Bean
    KeyOperation commandIdKeyRotation(Keyring keyring) {
        return new SecretRotation(
                "command-id-key",
                "makes command ids under a new key; those made before are recognised as long as keys may be sent again",
                keyring);
    }

    @Bean
    KeyOperation checkpointKeyRotation(Keyring keyring) {
        return new SecretRotation(
                "checkpoint-key", "signs checkpoints under a new key, for a changeover under the old one too", keyring);
    }

    @Bean
    KeyOperation accessLogCheckpointKeyRotation(Keyring keyring) {
        return new SecretRotation(
                "access-log-checkpoint-key",
                "signs checkpoints of the access log under a new key, for a changeover under the old one too",
                keyring);
    }

    @Bean
    KeyOperation inventoryKeyRotation(Keyring keyring) {
        return new SecretRotation(
                "inventory-key",
                "signs statements to the custodian under a new key, which its operators have to be told",
                keyring);
    }

    @Bean
    KeyOperation accessLogSealRotation(Keyring keyring) {
        return new SecretRotation(
                "access-log-seal", "seals new rows of the access log under a new key; older rows keep theirs", keyring);
    }

    @Bean
    KeyOperation batchKeyRotation(Keyring keyring) {
        return new SecretRotation(
                "batch-key",
                "tags new files under a new key; those received before keep theirs as long as they",
                keyring);
    }

    @Bean(initMethod = "start")
    KeyScheduler keyScheduler(KeyRegister register, OperationRunner runner, KeyPeriods periods, InstantSource clock) {
        return new KeyScheduler(register, runner, periods.nightly(), clock);
    }

    @Bean
    GoLiveCondition keysInTime(KeyRegister register) {
        return new KeysInTime(register::states);
    }

    /** Red when a key is used longer than it may be: rotation does not work, and somebody has to look. */
    @Bean
    HealthIndicator keyPeriods(KeyScheduler scheduler) {
        return () -> scheduler.overdue().isEmpty()
                ? Health.up().build()
                : Health.down().withDetail("overdue", scheduler.overdue()).build();
    }

    /** The epoch keys that wrap them are the custodian's, one a day by itself. */
    @Bean
    KeyType kek(Keyring keyring) {
        return new KeyType() {
            @Override
            public String name() {
                return "kek";
            }

            @Override
            public Optional<String> rotatedBy() {
                return Optional.of(KeyringRewriteOperation.KIND);
            }

            @Override
            public List<Version> versions() {
                List<Keyring.KekVersion> keks = keyring.keks();
                return keks.stream()
                        .map(kek -> new Version(
                                kek.id().toString(),
                                kek.madeAt(),
                                kek.equals(keks.getFirst()) ? State.ACTIVE : State.DEACTIVATED))
                        .toList();
            }
        };
    }
}
