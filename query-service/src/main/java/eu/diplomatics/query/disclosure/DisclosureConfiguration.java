package eu.diplomatics.query.disclosure;

import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.keyring.DecoyKeys;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.qualification.EventCodec;
import eu.diplomatics.vault.EventVault;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The vault that opens events and decoys, for the gate only. */
@Configuration(proxyBeanMethods = false)
class DisclosureConfiguration {
    @Bean
    DecoyKeys decoyKeys() {
        return new DecoyKeys();
    }

    @Bean
    EventVault eventVault(Keyring keyring, DecoyKeys decoys) {
        return new EventVault(
                (streams, generation) -> keyring.open(streams, generation, decoys),
                new EventSealer(),
                new EventCodec());
    }
}
