package eu.diplomatics.query.inventory;

import eu.diplomatics.inventory.ArtefactSource;
import eu.diplomatics.inventory.KeyringArtefacts;
import eu.diplomatics.inventory.LogArtefacts;
import eu.diplomatics.inventory.PartAudit;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of this service's inventory, put together. */
@Configuration(proxyBeanMethods = false)
class InventoryConfiguration {
    @Bean
    PartAudit keyAudit(ObjectProvider<ArtefactSource> sources, KeyringArtefacts keyring, LogArtefacts log) {
        return new PartAudit(
                sources.orderedStream()
                        .filter(source -> source != keyring && source != log)
                        .toList(),
                keyring,
                log,
                InstantSource.system());
    }
}
