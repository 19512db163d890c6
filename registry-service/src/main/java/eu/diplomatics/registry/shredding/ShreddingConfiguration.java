package eu.diplomatics.registry.shredding;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.registry.keys.KeyOperation;
import eu.diplomatics.registry.registration.CommandIds;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.LoneEvents;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of shredding, put together. */
@Configuration(proxyBeanMethods = false)
class ShreddingConfiguration {
    @Bean
    Shredder shredder(
            ShredLedger ledger,
            HolderIndex index,
            EventReader reader,
            EventVault vault,
            LoneEvents events,
            CommandIds commands,
            InstantSource clock) {
        return new Shredder(ledger, index, reader, new Searches(reader, vault), events, commands, clock);
    }

    @Bean
    KeyOperation replayShreddings(EventReader reader, EventVault vault, ShredLedger ledger, InstantSource clock) {
        return new ReplayShreddings(reader, vault, ledger, clock);
    }
}
