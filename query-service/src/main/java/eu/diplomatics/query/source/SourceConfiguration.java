package eu.diplomatics.query.source;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.Incarnations;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.PostgresEventReader;
import eu.diplomatics.golive.CheckedDatabase;
import eu.diplomatics.golive.Declared;
import eu.diplomatics.golive.GoLiveCondition;
import eu.diplomatics.golive.KeyringApart;
import eu.diplomatics.inventory.KeyringArtefacts;
import eu.diplomatics.inventory.LogArtefacts;
import eu.diplomatics.keyring.AccessIndexVersions;
import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.Custodian;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KekLease;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeyringIndexProbes;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.query.database.Pools;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The event store through its reader's role, and the keys on lease. */
@Configuration(proxyBeanMethods = false)
class SourceConfiguration {
    /** Nothing is wrapped on this side. */
    private static final int WRAPPING_SITES = 1;

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(4);

    /** Two pools that Spring should not take for its own data sources. */
    record Databases(HikariDataSource events, HikariDataSource keyring) implements AutoCloseable {
        @Override
        public void close() {
            events.close();
            keyring.close();
        }
    }

    @Bean
    Databases sourceDatabases(SourceSettings settings) {
        return new Databases(
                Pools.open(
                        "query-es-reader",
                        settings.eventstore().url(),
                        settings.eventstore().reader(),
                        6,
                        Duration.ofSeconds(20)),
                Pools.open(
                        "query-kr", settings.keyring().url(), settings.keyring().app(), 8, Duration.ofSeconds(5)));
    }

    @Bean
    CheckedDatabase checkedEventstore(Databases databases, SourceSettings settings) {
        SourceSettings.EventStore log = settings.eventstore();
        return new CheckedDatabase("eventstore", log.reader().username(), databases.events(), log.url(), Set.of());
    }

    @Bean
    CheckedDatabase checkedKeyring(Databases databases, SourceSettings settings) {
        SourceSettings.Keyring keys = settings.keyring();
        return new CheckedDatabase("keyring", keys.app().username(), databases.keyring(), keys.url(), Set.of());
    }

    @Bean
    GoLiveCondition keyringApart(CheckedDatabase checkedEventstore, CheckedDatabase checkedKeyring) {
        return new KeyringApart(checkedEventstore, checkedKeyring);
    }

    @Bean
    GoLiveCondition custodianHardware(HttpsCustodian custodian) {
        return Declared.hardwareToken(custodian::isInHardware);
    }

    @Bean
    EventReader eventReader(Databases databases) {
        return new PostgresEventReader(databases.events());
    }

    @Bean
    Incarnations incarnations(Databases databases) {
        return new Incarnations(databases.events());
    }

    @Bean
    KeyGenerations keyGenerations(Databases databases) {
        return new KeyGenerations(databases.events());
    }

    @Bean
    KeyringArtefacts keyringArtefacts(Databases databases) {
        return new KeyringArtefacts(databases.keyring());
    }

    @Bean
    LogArtefacts logArtefacts(Databases databases) {
        return new LogArtefacts(databases.events());
    }

    @Bean
    HttpsCustodian custodian(SourceSettings settings, Databases databases) {
        SourceSettings.Custodian at = settings.custodian();
        return new HttpsCustodian(
                at.endpoints(),
                WRAPPING_SITES,
                new KeyringIndexProbes(databases.keyring()),
                at.keyStore(),
                at.trustStore(),
                at.storePassword().toCharArray(),
                CONNECT,
                ANSWER);
    }

    @Bean
    KekLease kekLease(Databases databases, Custodian custodian, SourceSettings settings) {
        return KekLease.start(
                databases.keyring(), custodian, settings.custodian().lease());
    }

    @Bean
    Keyring keyring(Databases databases, KekLease lease) {
        return new Keyring(databases.keyring(), lease);
    }

    @Bean
    ShredLedger shredLedger(Databases databases) {
        return new ShredLedger(databases.keyring());
    }

    @Bean
    BlindIndex blindIndex(Keyring keyring, Custodian custodian) {
        return new BlindIndex(keyring, custodian);
    }

    @Bean
    AccessIndexVersions accessIndexVersions(Keyring keyring) {
        return new AccessIndexVersions(keyring, InstantSource.system());
    }

    @Bean
    HolderIndex holderIndex(BlindIndex index, Keyring keyring) {
        return new HolderIndex(index, keyring);
    }
}
