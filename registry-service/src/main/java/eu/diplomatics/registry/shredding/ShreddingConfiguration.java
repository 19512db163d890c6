package eu.diplomatics.registry.shredding;

import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.registry.keys.KeyOperation;
import eu.diplomatics.registry.registration.CommandIds;
import eu.diplomatics.vault.EventVault;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of shredding, put together. */
@Configuration(proxyBeanMethods = false)
class ShreddingConfiguration {
    @Bean
    Shredder shredder(
            ShredLedger ledger,
            Keyring keyring,
            HolderIndex index,
            EventReader reader,
            EventLog log,
            EventVault vault,
            CommandIds commands,
            KeyGenerations generations,
            InstantSource clock) {
        return new Shredder(ledger, keyring, index, reader, log, vault, commands, generations, clock);
    }

    @Bean
    KeyOperation replayShreddings(EventReader reader, EventVault vault, ShredLedger ledger, InstantSource clock) {
        return new ReplayShreddings(reader, vault, ledger, clock);
    }
}
