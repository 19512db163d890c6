package eu.diplomatics.registry.destruction;

import eu.diplomatics.inventory.InventorySigner;
import eu.diplomatics.inventory.KeyringArtefacts;
import eu.diplomatics.keyring.Custodian;
import eu.diplomatics.keyring.Custodian.SignedStatement;
import eu.diplomatics.registry.destruction.DestructionStore.Kind;
import eu.diplomatics.registry.inventory.DestructionLedger;
import eu.diplomatics.registry.keys.KeysDatabase;
import eu.diplomatics.vault.LoneEvents;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of the destruction of epoch keys, put together. */
@Configuration(proxyBeanMethods = false)
class DestructionConfiguration {
    @Bean
    DestructionStore destructionStore(KeysDatabase database) {
        return new DestructionStore(database.dataSource());
    }

    @Bean
    KeyDestruction keyDestruction(
            DestructionStore store,
            KeyringArtefacts artefacts,
            InventorySigner signer,
            Custodian custodian,
            LoneEvents events,
            DestructionSettings settings,
            InstantSource clock) {
        return new KeyDestruction(store, artefacts, signer, custodian, new Retirement(events), settings, clock);
    }

    @Bean
    DestructionLedger destructionLedger(DestructionStore store) {
        return new DestructionLedger() {
            @Override
            public Set<String> destroyed() {
                return store.keys().stream()
                        .filter(known -> known.receipt() != null)
                        .map(known -> known.key().label() + "@" + known.key().custodian())
                        .collect(Collectors.toSet());
            }

            @Override
            public void inventorySigned(String label, String custodian, SignedStatement statement, Instant now) {
                store.signed(Kind.INVENTORY, custodian, label, statement, now);
            }
        };
    }
}
