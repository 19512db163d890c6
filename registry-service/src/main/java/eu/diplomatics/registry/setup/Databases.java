package eu.diplomatics.registry.setup;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.eventstore.EventStoreMigrations;
import eu.diplomatics.golive.CheckedDatabase;
import eu.diplomatics.keyring.KeyringSchema;
import eu.diplomatics.registry.batch.BatchSchema;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The databases of this service, brought to the version of this code, each part with its own role. */
public final class Databases implements AutoCloseable {
    private static final Duration STATEMENT = Duration.ofSeconds(20);
    /** One statement reads the whole keyring. */
    private static final Duration REWRITE = Duration.ofHours(1);

    private static final Duration MIGRATION = Duration.ofMinutes(10);

    private static final Set<String> RELAY_CHANGES = Set.of("relay_checkpoint INSERT", "relay_checkpoint UPDATE");
    private static final Set<String> SEALER_CHANGES =
            Set.of("tile INSERT", "checkpoint INSERT", "cosignature INSERT", "time_stamp INSERT");

    private final HikariDataSource reader;
    private final HikariDataSource relay;
    private final HikariDataSource rekeyer;
    private final HikariDataSource sealer;
    private final HikariDataSource keyring;
    private final HikariDataSource keyringRekeyer;
    private final HikariDataSource batches;
    private final Settings settings;

    private Databases(
            HikariDataSource reader,
            HikariDataSource relay,
            HikariDataSource rekeyer,
            HikariDataSource sealer,
            HikariDataSource keyring,
            HikariDataSource keyringRekeyer,
            HikariDataSource batches,
            Settings settings) {
        this.settings = settings;
        this.rekeyer = rekeyer;
        this.reader = reader;
        this.relay = relay;
        this.sealer = sealer;
        this.keyring = keyring;
        this.keyringRekeyer = keyringRekeyer;
        this.batches = batches;
    }

    static Databases open(Settings settings) {
        Settings.Login migrator = settings.eventstore().migrator();
        EventStoreMigrations.migrate(settings.eventstore().url(), migrator.username(), migrator.password());
        try (HikariDataSource source =
                migration(settings.keyring().url(), settings.keyring().migrator())) {
            KeyringSchema.migrate(source);
        }
        try (HikariDataSource source =
                migration(settings.registry().url(), settings.registry().migrator())) {
            BatchSchema.migrate(source);
        }
        String log = settings.eventstore().url();
        return new Databases(
                Pools.open(log, settings.eventstore().reader(), 8, STATEMENT),
                Pools.open(log, settings.eventstore().relay(), 3, STATEMENT),
                Pools.open(log, settings.eventstore().rekeyer(), 4, STATEMENT),
                Pools.open(log, settings.eventstore().sealer(), 2, STATEMENT),
                Pools.open(settings.keyring().url(), settings.keyring().app(), 8, STATEMENT),
                Pools.open(settings.keyring().url(), settings.keyring().rekeyer(), 3, REWRITE),
                Pools.open(settings.registry().url(), settings.registry().app(), 8, STATEMENT),
                settings);
    }

    private static HikariDataSource migration(String url, Settings.Login migrator) {
        return Pools.open(url, migrator, 2, MIGRATION);
    }

    /** The log as {@code es_reader}. */
    HikariDataSource reader() {
        return reader;
    }

    /** The log as {@code es_relay}. */
    HikariDataSource relay() {
        return relay;
    }

    /** The log as {@code es_rekeyer}. */
    HikariDataSource rekeyer() {
        return rekeyer;
    }

    /** The log as {@code es_sealer}. */
    HikariDataSource sealer() {
        return sealer;
    }

    /** The keyring as {@code kr_registry}. */
    HikariDataSource keyring() {
        return keyring;
    }

    /** The keyring as {@code kr_rekeyer}. */
    HikariDataSource keyringRekeyer() {
        return keyringRekeyer;
    }

    /** The batches as {@code rg_app}. */
    HikariDataSource batches() {
        return batches;
    }

    /** Every role this service works as, and what it may change at most: what the migrations grant. */
    List<CheckedDatabase> checked() {
        Settings.EventStore log = settings.eventstore();
        Settings.Keyring keys = settings.keyring();
        Settings.Database own = settings.registry();
        return List.of(
                eventstore(),
                new CheckedDatabase("eventstore", log.writer().username(), writer(), log.url(), Set.of()),
                new CheckedDatabase("eventstore", log.relay().username(), relay, log.url(), RELAY_CHANGES),
                // each generation has a table of its own, which it fills: their names are not known here
                new CheckedDatabase("eventstore", log.rekeyer().username(), rekeyer, log.url(), null),
                new CheckedDatabase("eventstore", log.sealer().username(), sealer, log.url(), SEALER_CHANGES),
                keyrings(),
                new CheckedDatabase("keyring", keys.rekeyer().username(), keyringRekeyer, keys.url(), null),
                new CheckedDatabase("registry", own.app().username(), batches, own.url(), null));
    }

    CheckedDatabase eventstore() {
        Settings.EventStore log = settings.eventstore();
        return new CheckedDatabase("eventstore", log.reader().username(), reader, log.url(), Set.of());
    }

    CheckedDatabase keyrings() {
        Settings.Keyring keys = settings.keyring();
        return new CheckedDatabase("keyring", keys.app().username(), keyring, keys.url(), null);
    }

    /** A connection as the log's writer, which has its own for appending. */
    private DataSource writer() {
        Settings.Login writer = settings.eventstore().writer();
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(settings.eventstore().url());
        source.setUser(writer.username());
        source.setPassword(writer.password());
        source.setConnectTimeout(3);
        source.setSocketTimeout(5);
        source.setOptions("-c synchronous_commit=on");
        return source;
    }

    @Override
    public void close() {
        reader.close();
        relay.close();
        rekeyer.close();
        sealer.close();
        keyring.close();
        keyringRekeyer.close();
        batches.close();
    }
}
