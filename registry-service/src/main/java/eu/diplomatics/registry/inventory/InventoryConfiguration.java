package eu.diplomatics.registry.inventory;

import eu.diplomatics.inventory.ArtefactSource;
import eu.diplomatics.inventory.InventorySigner;
import eu.diplomatics.inventory.KeyAudit;
import eu.diplomatics.inventory.KeyringArtefacts;
import eu.diplomatics.inventory.LogArtefacts;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.registry.relay.Relay;
import java.time.InstantSource;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of inventory and audit, put together. */
@Configuration(proxyBeanMethods = false)
class InventoryConfiguration {
    @Bean
    ArtefactSource topicArtefacts(Relay relay) {
        return new TopicArtefacts(relay);
    }

    @Bean
    KeyAudit keyAudit(
            ObjectProvider<ArtefactSource> sources,
            KeyringArtefacts keyring,
            LogArtefacts log,
            CustodianSites sites,
            DestructionLedger ledger,
            InstantSource clock) {
        List<ArtefactSource> others = sources.orderedStream()
                .filter(source -> source != keyring && source != log)
                .toList();
        return new KeyAudit(others, keyring, log, sites.count(), ledger::destroyed, clock);
    }

    @Bean
    InventorySigner inventorySigner(Keyring keyring) {
        return new InventorySigner(keyring);
    }
}
