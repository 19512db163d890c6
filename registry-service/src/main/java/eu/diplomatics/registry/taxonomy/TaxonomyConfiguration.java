package eu.diplomatics.registry.taxonomy;

import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.qualification.TaxonomyChanges;
import eu.diplomatics.registry.reference.ReferenceStream;
import eu.diplomatics.taxonomy.Taxonomy;
import eu.diplomatics.vault.EventVault;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The taxonomy, put together. */
@Configuration(proxyBeanMethods = false)
class TaxonomyConfiguration {
    @Bean
    TaxonomyRegister taxonomyRegister(
            Taxonomy taxonomyOfFile,
            EventLog log,
            EventReader reader,
            Keyring keyring,
            EventVault vault,
            KeyGenerations generations) {
        return new TaxonomyRegister(
                taxonomyOfFile,
                new ReferenceStream(TaxonomyChanges.STREAM, log, reader, keyring, vault, generations),
                reader);
    }
}
