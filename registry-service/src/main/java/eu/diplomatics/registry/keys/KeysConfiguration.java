package eu.diplomatics.registry.keys;

import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.registry.keys.KeyState.State;
import eu.diplomatics.registry.keys.KeyState.Version;
import java.time.InstantSource;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of key operations, put together. */
@Configuration(proxyBeanMethods = false)
class KeysConfiguration {
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
    KeyRegister keyRegister(ObjectProvider<KeyType> types, KeyPeriods periods, InstantSource clock) {
        return new KeyRegister(types.orderedStream().toList(), periods, clock);
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
