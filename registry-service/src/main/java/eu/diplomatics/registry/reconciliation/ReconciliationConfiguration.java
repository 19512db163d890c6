package eu.diplomatics.registry.reconciliation;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.registry.receipt.Receipts;
import eu.diplomatics.vault.EventVault;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Reconciliation, put together. */
@Configuration(proxyBeanMethods = false)
class ReconciliationConfiguration {
    @Bean
    Reconciliations reconciliations(EventReader reader, EventVault vault, Receipts receipts, InstantSource clock) {
        return new Reconciliations(reader, vault, receipts, clock);
    }
}
