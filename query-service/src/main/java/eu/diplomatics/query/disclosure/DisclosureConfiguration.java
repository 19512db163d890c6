package eu.diplomatics.query.disclosure;

import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.vault.EventVault;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The vault that opens events, for the gate only. */
@Configuration(proxyBeanMethods = false)
class DisclosureConfiguration {
    @Bean
    EventVault eventVault(Keyring keyring) {
        return new EventVault(keyring);
    }
}
