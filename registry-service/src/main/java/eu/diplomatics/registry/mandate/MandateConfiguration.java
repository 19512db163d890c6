package eu.diplomatics.registry.mandate;

import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.qualification.Mandates;
import eu.diplomatics.registry.reference.ReferenceStream;
import eu.diplomatics.vault.EventVault;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The catalogue, put together. */
@Configuration(proxyBeanMethods = false)
class MandateConfiguration {
    @Bean
    Catalogue catalogue(
            EventLog log, EventReader reader, Keyring keyring, EventVault vault, KeyGenerations generations) {
        return new Catalogue(new ReferenceStream(Mandates.STREAM, log, reader, keyring, vault, generations), keyring);
    }
}
