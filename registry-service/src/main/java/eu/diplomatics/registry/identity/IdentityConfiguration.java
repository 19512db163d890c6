package eu.diplomatics.registry.identity;

import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.vault.EventVault;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What changes who somebody is, put together. */
@Configuration(proxyBeanMethods = false)
class IdentityConfiguration {
    @Bean
    Ends ends(HolderIndex index, EventReader reader, EventVault vault) {
        return new Ends(index, reader, vault);
    }

    @Bean
    People people(EventReader reader, EventVault vault) {
        return new People(reader, vault);
    }

    @Bean
    Appending appending(EventLog log, Keyring keyring, EventVault vault, KeyGenerations generations) {
        return new Appending(log, keyring, vault, generations);
    }

    @Bean
    Linking linking(Ends ends, People people, Appending appending, EventReader reader) {
        return new Linking(ends, people, appending, reader);
    }

    @Bean
    Moving moving(Ends ends, People people, Appending appending) {
        return new Moving(ends, people, appending);
    }
}
