package eu.diplomatics.registry.setup;

import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventLogSettings;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.PostgresEventLog;
import eu.diplomatics.eventstore.PostgresEventReader;
import eu.diplomatics.eventstore.RecentEvents;
import eu.diplomatics.eventstore.TagVersions;
import eu.diplomatics.generation.GenerationKeys;
import eu.diplomatics.generation.Pace;
import eu.diplomatics.generation.Reencryption;
import eu.diplomatics.generation.TagRotation;
import eu.diplomatics.golive.GoLive;
import eu.diplomatics.golive.RolesAtStart;
import eu.diplomatics.inventory.KeyringArtefacts;
import eu.diplomatics.inventory.LogArtefacts;
import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.Custodian;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KekLease;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeyringIndexProbes;
import eu.diplomatics.keyring.KeyringRewrite;
import eu.diplomatics.keyring.OldGenerations;
import eu.diplomatics.keyring.SecretVersions;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.registry.backup.BackupSettings;
import eu.diplomatics.registry.backup.LogReader;
import eu.diplomatics.registry.batch.BatchDatabase;
import eu.diplomatics.registry.batch.BatchSettings;
import eu.diplomatics.registry.destruction.DestructionSettings;
import eu.diplomatics.registry.inventory.CustodianSites;
import eu.diplomatics.registry.keys.KeyPeriods;
import eu.diplomatics.registry.keys.KeysDatabase;
import eu.diplomatics.registry.keys.ReferenceTagger;
import eu.diplomatics.registry.keys.Retiring;
import eu.diplomatics.registry.receipt.ImportedReceiptKeys;
import eu.diplomatics.registry.receipt.Receipts;
import eu.diplomatics.registry.registration.CommandIds;
import eu.diplomatics.registry.registration.Rules;
import eu.diplomatics.registry.relay.Relay;
import eu.diplomatics.registry.relay.RelaySettings;
import eu.diplomatics.retention.Kept;
import eu.diplomatics.taxonomy.Admission;
import eu.diplomatics.taxonomy.Institutions;
import eu.diplomatics.taxonomy.InstitutionsNow;
import eu.diplomatics.taxonomy.Taxonomy;
import eu.diplomatics.taxonomy.TaxonomyNow;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.LoneEvents;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The parts of the service that are not Spring's: each is plain Java and is put together here. */
@Configuration(proxyBeanMethods = false)
class RegistryConfiguration {
    private static final Duration IDLE = Duration.ofSeconds(1);
    /** Kept for the relay, which is seldom further behind than this. */
    private static final long RECENT_BYTES = 8 << 20;

    @Bean
    @ConditionalOnMissingBean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Bean
    Databases databases(Settings settings, Environment environment) {
        Databases databases = Databases.open(settings);
        try {
            RolesAtStart.require(databases.checked(), environment.matchesProfiles("insecure"));
        } catch (RuntimeException e) {
            databases.close();
            throw e;
        }
        return databases;
    }

    @Bean
    HttpsCustodian custodian(Settings settings, Databases databases) {
        Settings.Custodian custodian = settings.custodian();
        return new HttpsCustodian(
                custodian.endpoints(),
                custodian.sites(),
                new KeyringIndexProbes(databases.keyring()),
                custodian.keyStore(),
                custodian.trustStore(),
                custodian.storePassword().toCharArray());
    }

    @Bean
    KekLease kekLease(Databases databases, Custodian custodian, Settings settings) {
        return KekLease.start(
                databases.keyring(), custodian, settings.custodian().lease());
    }

    @Bean
    Keyring keyring(Databases databases, KekLease lease) {
        return new Keyring(databases.keyring(), lease);
    }

    @Bean
    KeyringRewrite keyringRewrite(Databases databases, Custodian custodian, InstantSource clock) {
        return new KeyringRewrite(databases.keyringRekeyer(), custodian, clock);
    }

    @Bean
    ShredLedger shredLedger(Databases databases) {
        return new ShredLedger(databases.keyringRekeyer());
    }

    @Bean
    BlindIndex blindIndex(Keyring keyring, Custodian custodian) {
        return new BlindIndex(keyring, custodian);
    }

    @Bean
    HolderIndex holderIndex(BlindIndex index, Keyring keyring) {
        return new HolderIndex(index, keyring);
    }

    @Bean
    EventVault eventVault(Keyring keyring) {
        return new EventVault(keyring);
    }

    @Bean
    LoneEvents loneEvents(EventLog log, Keyring keyring, EventVault vault, KeyGenerations generations) {
        return new LoneEvents(log, keyring, vault, generations);
    }

    @Bean
    EventReader eventReader(Databases databases) {
        return new PostgresEventReader(databases.reader());
    }

    @Bean
    KeyGenerations keyGenerations(Databases databases) {
        return new KeyGenerations(databases.reader());
    }

    @Bean
    TagVersions tagVersions(Databases databases) {
        return new TagVersions(databases.reader());
    }

    @Bean
    TagRotation tagRotation(Databases databases, Keyring keyring, EventVault vault, ShredLedger ledger) {
        return new TagRotation(
                databases.rekeyer(),
                new ReferenceTagger(
                        keyring, vault, streams -> ledger.of(streams).keySet()));
    }

    /** A key that is absent and not in the shred ledger was removed by somebody. */
    @Bean
    Reencryption reencryption(Databases databases, Keyring keyring, ShredLedger ledger) {
        return new Reencryption(
                databases.rekeyer(),
                GenerationKeys.of(keyring, streams -> ledger.of(streams).keySet()));
    }

    @Bean
    KeyringArtefacts keyringArtefacts(Databases databases) {
        return new KeyringArtefacts(databases.keyring());
    }

    @Bean
    LogArtefacts logArtefacts(Databases databases) {
        return new LogArtefacts(databases.reader());
    }

    @Bean
    CustodianSites custodianSites(Settings settings) {
        return new CustodianSites(settings.custodian().sites());
    }

    @Bean
    Pace reencryptionPace(Settings settings) {
        return new Pace(settings.keys().reencryptionShare());
    }

    @Bean
    OldGenerations oldGenerations(Databases databases) {
        return new OldGenerations(databases.keyring());
    }

    /** Depends on the databases, so that the schema is there. */
    @Bean
    PostgresEventLog eventLog(Databases databases, Settings settings) {
        Settings.Login writer = settings.eventstore().writer();
        return PostgresEventLog.open(
                settings.eventstore().url(), writer.username(), writer.password(), EventLogSettings.defaults());
    }

    /** What the controller's changes are laid over. */
    @Bean
    Institutions institutionsOfFile(Settings settings) {
        return settings.suppliers() == null ? Institutions.sample() : Institutions.load(settings.suppliers());
    }

    /** What the controller's changes are laid over. */
    @Bean
    Taxonomy taxonomyOfFile(Settings settings) {
        return settings.taxonomy() == null ? Taxonomy.current() : Taxonomy.load(settings.taxonomy());
    }

    @Bean
    Admission admission(TaxonomyNow taxonomy, InstitutionsNow institutions) {
        return new Admission(taxonomy, institutions);
    }

    @Bean
    Rules rules(InstantSource clock, Settings settings, GoLive goLive) {
        return new Rules(clock, settings.testNumbers(), goLive::red);
    }

    @Bean
    CommandIds commandIds(Keyring keyring, EventReader reader, Settings settings, InstantSource clock) {
        return new CommandIds(
                new SecretVersions(keyring, CommandIds.SECRET, clock),
                reader,
                settings.keys().commandIds(),
                clock);
    }

    @Bean
    Retiring commandIdKeys(CommandIds commandIds) {
        return new Retiring(CommandIds.SECRET, commandIds::over);
    }

    @Bean
    Receipts receipts(Keyring keyring) {
        return new Receipts(keyring);
    }

    @Bean
    ImportedReceiptKeys importedReceiptKeys(Databases databases) {
        return new ImportedReceiptKeys(databases.reader());
    }

    @Bean
    BatchDatabase batchDatabase(Databases databases) {
        return new BatchDatabase(databases.batches());
    }

    @Bean
    KeysDatabase keysDatabase(Databases databases) {
        return new KeysDatabase(databases.batches());
    }

    @Bean
    KeyPeriods cryptoPeriods(Settings settings) {
        return KeyPeriods.of(
                settings.keys().periods(),
                settings.keys().grace(),
                settings.keys().nightly(),
                settings.keys().indexByItself());
    }

    @Bean
    DestructionSettings destructionSettings(Settings settings) {
        Settings.Destruction destruction = settings.keys().destruction();
        Map<String, List<byte[]>> receiptKeys = new HashMap<>();
        for (String key : destruction.receiptKeys()) {
            int equals = key.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("keys.destruction.receipt-keys holds what is not SITE=KEY");
            }
            receiptKeys
                    .computeIfAbsent(key.substring(0, equals), site -> new ArrayList<>())
                    .add(Base64.getDecoder().decode(key.substring(equals + 1)));
        }
        return new DestructionSettings(
                destruction.schedules(), settings.backup().index(), receiptKeys, destruction.retry());
    }

    @Bean
    LogReader backupLog(Databases databases) {
        return new LogReader(databases.reader());
    }

    @Bean
    BackupSettings backupSettings(Settings settings) {
        return new BackupSettings(
                settings.backup().index(),
                settings.backup().drills(),
                settings.backup().runs(),
                settings.backup().manifestKeys().stream()
                        .map(key -> Base64.getDecoder().decode(key))
                        .toList(),
                settings.backup().drillEvery());
    }

    @Bean
    BatchSettings batchSettings(Settings settings) {
        Settings.Batches batches = settings.batches();
        return new BatchSettings(
                Kept.BATCHES.period(batches.retention()),
                batches.uploads(),
                batches.uploadsPerSupplier(),
                batches.patience(),
                batches.maxSize().toBytes());
    }

    @Bean(initMethod = "start")
    Relay relay(Databases databases, PostgresEventLog log, Settings settings, InstantSource clock) {
        Settings.Kafka kafka = settings.kafka();
        RecentEvents recent = new RecentEvents(RECENT_BYTES);
        log.keep(recent);
        Relay relay = new Relay(
                recent,
                new PostgresEventReader(databases.relay()),
                databases.relay(),
                new RelaySettings(
                        kafka.bootstrapServers(),
                        kafka.topic(),
                        kafka.partitions(),
                        Kept.KAFKA.period(kafka.retention()),
                        IDLE,
                        kafka.tls().settings()),
                clock);
        log.onAppended(position -> relay.wake());
        return relay;
    }
}
