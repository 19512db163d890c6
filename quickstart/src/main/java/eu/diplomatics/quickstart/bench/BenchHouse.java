package eu.diplomatics.quickstart.bench;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.custodian.CustodianConfiguration;
import eu.diplomatics.custodian.CustodianServer;
import eu.diplomatics.eventstore.EventLogSettings;
import eu.diplomatics.eventstore.EventStoreMigrations;
import eu.diplomatics.eventstore.PostgresEventLog;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KekLease;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeyringSchema;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.LocalDatabases;
import eu.diplomatics.local.LocalKafka;
import eu.diplomatics.local.LocalPostgres;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.Passwords;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What services need for one run: PostgreSQL, Kafka, databases, certificates and a custodian. All of it is forgotten after. */
final class BenchHouse implements AutoCloseable {
    private static final String TOPIC = "diplomatics.events.1.1";
    /** A quota is no part of what is measured. */
    private static final int NO_QUOTA = 10_000_000;

    private static final long ENOUGH_FOR_A_DAY = 1_000_000_000_000L;
    private static final CustodianConfiguration.Limits NO_LIMITS = new CustodianConfiguration.Limits(
            ENOUGH_FOR_A_DAY, NO_QUOTA, ENOUGH_FOR_A_DAY, ENOUGH_FOR_A_DAY, NO_QUOTA, ENOUGH_FOR_A_DAY, false);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Path directory;
    private final LocalPostgres postgres;
    private final LocalKafka kafka;
    private final Map<Database, DatabaseAccess> databases = new EnumMap<>(Database.class);
    private final LocalAuthority authority;
    private final CustodianServer custodian;

    private BenchHouse(String name, LocalPostgres.Settings settings) throws Exception {
        directory = Files.createTempDirectory(name);
        try {
            postgres = later(settings.start());
            kafka = later(LocalKafka.temporaryProcessAtFullSpeed());
            kafka.createTopic(TOPIC, 4);
            Map<String, String> passwords = new ConcurrentHashMap<>();
            LocalDatabases creating =
                    new LocalDatabases(postgres, role -> passwords.computeIfAbsent(role, any -> Passwords.random()));
            for (Database database : Database.values()) {
                databases.put(database, creating.create(database));
            }
            authority = LocalAuthority.in(directory.resolve("certificates"));
            CustodianConfiguration configuration = configuration();
            CustodianServer.initialise(configuration);
            custodian = later(CustodianServer.start(configuration));
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** A server as it would be run for this: the quickstart's has to do with less memory. */
    static LocalPostgres.Settings settings() {
        return LocalPostgres.settings().set("shared_buffers", "1GB");
    }

    static BenchHouse open(String name, LocalPostgres.Settings settings) throws Exception {
        return new BenchHouse(name, settings);
    }

    private <T extends AutoCloseable> T later(T closeable) {
        opened.push(closeable);
        return closeable;
    }

    private CustodianConfiguration configuration() throws Exception {
        Path password = directory.resolve("token-password");
        Files.writeString(password, Passwords.random());
        Map<String, CustodianConfiguration.Client> clients = new TreeMap<>();
        CustodianConfiguration.defaultClients()
                .forEach((name, client) -> clients.put(
                        name,
                        new CustodianConfiguration.Client(
                                client.verbs(), client.indexKeys(), NO_QUOTA, NO_QUOTA, NO_LIMITS)));
        return new CustodianConfiguration(
                "bench",
                "127.0.0.1",
                0,
                new CustodianConfiguration.Token.File(directory.resolve("keys.p12"), password),
                new CustodianConfiguration.Tls(
                        authority.keyStore("custodian"), authority.trustStore(), authority.passwordFile()),
                directory.resolve("audit"),
                clients);
    }

    LocalPostgres postgres() {
        return postgres;
    }

    BenchServices services() {
        return new BenchServices(directory, databases, authority, custodian.uri(), kafka.bootstrapServers());
    }

    DatabaseAccess database(Database database) {
        return BenchServices.access(databases, database);
    }

    /** The custodian as one of its clients sees it. */
    HttpsCustodian custodian(String client) {
        return new HttpsCustodian(
                List.of(custodian.uri()), authority.keyStore(client), authority.trustStore(), authority.password());
    }

    Path directory() {
        return directory;
    }

    LocalAuthority authority() {
        return authority;
    }

    URI custodian() {
        return custodian.uri();
    }

    /** What work on keys and log needs, as the registry has it. */
    record Parts(HttpsCustodian custodian, Keyring keyring, PostgresEventLog log) {}

    /** Work on {@link Parts}. */
    interface Work<T> {
        T with(Parts parts) throws Exception;
    }

    /** Does some work in the registry's place; only while no registry runs, since there is one writer. */
    <T> T asRegistry(Work<T> work) throws Exception {
        DatabaseAccess events = database(Database.EVENTSTORE);
        Login migrator = events.migrator();
        EventStoreMigrations.migrate(events.url(), migrator.username(), migrator.password());
        DatabaseAccess keys = database(Database.KEYRING);
        try (HikariDataSource pool = pool(keys.url(), keys.migrator())) {
            KeyringSchema.migrate(pool);
        }
        Login writer = events.role("writer");
        try (HikariDataSource pool = pool(keys.url(), keys.role("registry"));
                HttpsCustodian client = custodian("registry");
                KekLease lease = KekLease.start(pool, client, Duration.ofMinutes(15));
                PostgresEventLog log = PostgresEventLog.open(
                        events.url(), writer.username(), writer.password(), EventLogSettings.defaults())) {
            return work.with(new Parts(client, new Keyring(pool, lease), log));
        }
    }

    static HikariDataSource pool(String url, Login login) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setUsername(login.username());
        pool.setPassword(login.password());
        pool.setMaximumPoolSize(2);
        return pool;
    }

    /** The one number that a query of the log's database answers. */
    double logFigure(String sql) throws SQLException {
        try (Connection connection = postgres.connect(Database.EVENTSTORE.databaseName());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getDouble(1);
        }
    }

    /** What was left to be written is written before the next is measured. */
    void settle() throws SQLException {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
        }
    }

    /** Keys, certificates and logs of the run go with it. */
    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        forget(directory);
    }

    private static void forget(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
