package eu.diplomatics.registry.batch;

import eu.diplomatics.inventory.ArtefactSource;
import eu.diplomatics.inventory.KeyringArtefacts;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.registry.keys.Retiring;
import eu.diplomatics.registry.receipt.Receipts;
import eu.diplomatics.registry.registration.Commands;
import eu.diplomatics.registry.registration.Rules;
import eu.diplomatics.retention.Kept;
import eu.diplomatics.taxonomy.Admission;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.InstantSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of batches, put together. */
@Configuration(proxyBeanMethods = false)
class BatchConfiguration {
    @Bean
    JobStore jobStore(BatchDatabase database) {
        return new JobStore(database.dataSource());
    }

    @Bean
    Reception reception(JobStore store, Keyring keyring, BatchSettings settings, Rules rules, InstantSource clock) {
        return new Reception(store, keyring, settings, rules, clock);
    }

    @Bean
    Retiring batchKeys(Reception reception) {
        return new Retiring(Reception.SECRET, reception::keysOver);
    }

    @Bean
    Results results(JobStore store, Keyring keyring, Receipts receipts) {
        return new Results(store, keyring, receipts);
    }

    @Bean
    Retention retention(JobStore store, Reception reception, BatchSettings settings, InstantSource clock) {
        return new Retention(store, reception, settings.retention(), clock);
    }

    @Bean(initMethod = "start")
    BatchWorker batchWorker(
            JobStore store,
            Keyring keyring,
            Commands commands,
            Admission admission,
            Rules rules,
            Results results,
            Retention retention,
            InstantSource clock) {
        return new BatchWorker(
                store, keyring, new ChunkProcessor(commands, admission, rules), results, retention, clock);
    }

    @Bean
    ArtefactSource batchArtefacts(BatchDatabase database, KeyringArtefacts keyring) {
        return new BatchArtefacts(database.dataSource(), keyring);
    }

    @Bean
    MeterBinder batchRetentionMetrics(Retention retention) {
        return registry -> FunctionCounter.builder("diplomatics.retention.removed", retention, Retention::forgotten)
                .tag("kind", Kept.BATCHES.label())
                .description("batches that were kept long enough and went")
                .register(registry);
    }

    @Bean
    HealthIndicator batches(BatchWorker worker) {
        return () -> worker.isWorking()
                ? Health.up().build()
                : Health.status("DEGRADED").build();
    }
}
