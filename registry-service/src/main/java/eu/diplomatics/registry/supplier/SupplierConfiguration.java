package eu.diplomatics.registry.supplier;

import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.qualification.Suppliers;
import eu.diplomatics.registry.reference.ReferenceStream;
import eu.diplomatics.taxonomy.Institutions;
import eu.diplomatics.vault.EventVault;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The register, put together. */
@Configuration(proxyBeanMethods = false)
class SupplierConfiguration {
    @Bean
    SupplierRegister supplierRegister(
            Institutions institutionsOfFile,
            EventLog log,
            EventReader reader,
            Keyring keyring,
            EventVault vault,
            KeyGenerations generations) {
        return new SupplierRegister(
                institutionsOfFile,
                new ReferenceStream(Suppliers.STREAM, log, reader, keyring, vault, generations),
                reader);
    }
}
