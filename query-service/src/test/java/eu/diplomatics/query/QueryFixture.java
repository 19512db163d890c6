package eu.diplomatics.query;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.access.Bearer;
import eu.diplomatics.access.Part;
import eu.diplomatics.access.TestProvider;
import eu.diplomatics.custodian.Ceremony;
import eu.diplomatics.custodian.CustodianConfiguration;
import eu.diplomatics.custodian.CustodianServer;
import eu.diplomatics.eventstore.EventLogSettings;
import eu.diplomatics.eventstore.EventStoreMigrations;
import eu.diplomatics.eventstore.EventTopics;
import eu.diplomatics.eventstore.PostgresEventLog;
import eu.diplomatics.eventstore.PostgresEventReader;
import eu.diplomatics.generation.GenerationKeys;
import eu.diplomatics.generation.Reencryption;
import eu.diplomatics.golive.ProcessMemory;
import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KekLease;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeyringSchema;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.KafkaInstance;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.caller.CallerResolver;
import eu.diplomatics.shipping.ControllerSchema;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Everything a query-service needs, with the registry's side played by {@link TestRegistry} and {@link TestRelay}. */
final class QueryFixture implements AutoCloseable {
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<Database, PostgresInstance> servers = new EnumMap<>(Database.class);
    private final Map<Database, DatabaseAccess> databases = new EnumMap<>(Database.class);
    private final KafkaInstance kafka;
    private final String topic = "diplomatics.test." + UUID.randomUUID();
    private final LocalAuthority authority;
    private final CustodianConfiguration custodianConfiguration;
    private CustodianServer custodian;
    private final Keyring keyring;
    private final PostgresEventReader store;
    private final TestRegistry registry;
    private final TestRelay relay;
    private final Path directory;

    QueryFixture() {
        this(TestServices.kafka(), Map.of());
    }

    /** With servers of the test's own for some databases, and a broker that it may stop. */
    QueryFixture(KafkaInstance kafka, Map<Database, PostgresInstance> own) {
        this(kafka, own, Map.of());
    }

    /** As the other, with settings by which the relay of the test speaks to the broker. */
    QueryFixture(KafkaInstance kafka, Map<Database, PostgresInstance> own, Map<String, String> connection) {
        this.kafka = kafka;
        for (Database database : Database.values()) {
            PostgresInstance server = own.getOrDefault(database, TestServices.postgres());
            servers.put(database, server);
            databases.put(database, TestServices.database(server, database));
        }
        try {
            directory = Files.createTempDirectory("query-fixture");
            authority = LocalAuthority.in(directory.resolve("authority"));
            Files.writeString(
                    directory.resolve("token-password"), UUID.randomUUID().toString());
            custodianConfiguration = new CustodianConfiguration(
                    "test",
                    "127.0.0.1",
                    0,
                    new CustodianConfiguration.Token.File(
                            directory.resolve("token.p12"), directory.resolve("token-password")),
                    new CustodianConfiguration.Tls(
                            authority.keyStore("custodian"), authority.trustStore(), authority.passwordFile()),
                    directory.resolve("audit"),
                    CustodianConfiguration.defaultClients());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        CustodianServer.initialise(custodianConfiguration);
        custodian = keep(CustodianServer.start(custodianConfiguration));
        Login migrator = database(Database.EVENTSTORE).migrator();
        EventStoreMigrations.migrate(database(Database.EVENTSTORE).url(), migrator.username(), migrator.password());
        try (HikariDataSource migrating =
                pool(Database.KEYRING, database(Database.KEYRING).migrator())) {
            KeyringSchema.migrate(migrating);
        }
        HttpsCustodian client = keep(new HttpsCustodian(
                List.of(custodian.uri()),
                authority.keyStore("registry"),
                authority.trustStore(),
                authority.password()));
        HikariDataSource keys =
                keep(pool(Database.KEYRING, database(Database.KEYRING).role("registry")));
        keyring = new Keyring(keys, keep(KekLease.start(keys, client, Duration.ofMinutes(15))));
        keyring.secret("access-log-seal").close();
        keyring.secret("index-k1").close();
        keyring.secret("agency-pseudonym").close();
        Login writer = database(Database.EVENTSTORE).role("writer");
        PostgresEventLog log = keep(PostgresEventLog.open(
                database(Database.EVENTSTORE).url(),
                writer.username(),
                writer.password(),
                EventLogSettings.defaults()));
        registry = new TestRegistry(keyring, new HolderIndex(new BlindIndex(keyring, client), keyring), log);
        store = new PostgresEventReader(
                keep(pool(Database.EVENTSTORE, database(Database.EVENTSTORE).role("reader"))));
        relay = keep(new TestRelay(store, kafka.bootstrapServers(), topic, connection));
        relay.createTopic();
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    private static HikariDataSource pool(Database database, Login login, String url) {
        HikariDataSource pool = new HikariDataSource();
        pool.setPoolName("test-" + database);
        pool.setJdbcUrl(url);
        pool.setUsername(login.username());
        pool.setPassword(login.password());
        pool.setMaximumPoolSize(3);
        pool.setMinimumIdle(0);
        return pool;
    }

    private HikariDataSource pool(Database database, Login login) {
        return pool(database, login, database(database).url());
    }

    DatabaseAccess database(Database database) {
        return Objects.requireNonNull(databases.get(database));
    }

    TestRegistry registry() {
        return registry;
    }

    TestRelay relay() {
        return relay;
    }

    /** The relay of a later key generation, from here on. */
    TestRelay relay(int generation) {
        TestRelay next = keep(new TestRelay(store, kafka.bootstrapServers(), EventTopics.name(topic, generation)));
        next.createTopic();
        next.forgetAfter(store.head().position());
        return next;
    }

    /** Seals the log anew, as the registry does. */
    Reencryption reencryption() {
        HikariDataSource rekeyer =
                keep(pool(Database.EVENTSTORE, database(Database.EVENTSTORE).role("rekeyer")));
        rekeyer.setMaximumPoolSize(4);
        return new Reencryption(rekeyer, GenerationKeys.of(keyring, Set::copyOf));
    }

    PostgresEventReader store() {
        return store;
    }

    /** The ledger as the registry writes it. */
    ShredLedger ledger() {
        return new ShredLedger(
                keep(pool(Database.KEYRING, database(Database.KEYRING).role("rekeyer"))));
    }

    Keyring keyring() {
        return keyring;
    }

    KafkaInstance kafka() {
        return kafka;
    }

    LocalAuthority authority() {
        return authority;
    }

    Path directory() {
        return directory;
    }

    /** The custodian goes away; the services have to live with it. */
    void stopCustodian() {
        custodian.close();
    }

    /** Its operators make the next version of the key by which rows of the access log are found; it is away meanwhile. */
    void newAccessLogIndex() {
        CustodianConfiguration there = new CustodianConfiguration(
                custodianConfiguration.id(),
                custodianConfiguration.host(),
                custodian.uri().getPort(),
                custodianConfiguration.token(),
                custodianConfiguration.tls(),
                custodianConfiguration.auditDirectory(),
                custodianConfiguration.clients());
        custodian.close();
        Ceremony.newAccessLogIndex(there);
        custodian = keep(CustodianServer.start(there));
    }

    /** The service's settings, as its environment would give them. */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("server.port", "0");
        settings.put("spring.profiles.active", "insecure");
        settings.put("diplomatics.test-numbers", "true");
        settings.put("diplomatics.kafka.bootstrap-servers", kafka.bootstrapServers());
        settings.put("diplomatics.kafka.topic", topic);
        settings.put("diplomatics.custodian.endpoints", custodian.uri().toString());
        settings.put(
                "diplomatics.custodian.key-store", authority.keyStore("query").toString());
        settings.put("diplomatics.custodian.trust-store", authority.trustStore().toString());
        settings.put("diplomatics.custodian.store-password", new String(authority.password()));
        settings.put("diplomatics.notices.every", "200ms");
        settings.put("diplomatics.eventstore.url", database(Database.EVENTSTORE).url());
        login(settings, "eventstore.reader", database(Database.EVENTSTORE).role("reader"));
        settings.put("diplomatics.keyring.url", database(Database.KEYRING).url());
        login(settings, "keyring.app", database(Database.KEYRING).role("query"));
        settings.put("diplomatics.query.url", database(Database.QUERY).url());
        login(settings, "query.migrator", database(Database.QUERY).migrator());
        login(settings, "query.projector", database(Database.QUERY).role("projector"));
        login(settings, "query.reader", database(Database.QUERY).role("reader"));
        settings.put("diplomatics.accesslog.url", database(Database.ACCESSLOG).url());
        login(settings, "accesslog.migrator", database(Database.ACCESSLOG).migrator());
        login(settings, "accesslog.writer", database(Database.ACCESSLOG).role("writer"));
        login(settings, "accesslog.teller", database(Database.ACCESSLOG).role("teller"));
        login(settings, "accesslog.notifier", database(Database.ACCESSLOG).role("notifier"));
        login(settings, "accesslog.sealer", database(Database.ACCESSLOG).role("sealer"));
        login(settings, "accesslog.retention", database(Database.ACCESSLOG).role("retention"));
        return settings;
    }

    /** Settings by which the access log is shipped to a database of the controller's. */
    String[] shipping(String... more) {
        DatabaseAccess controller = database(Database.CONTROLLER);
        ControllerSchema.migrate(
                controller.url(),
                controller.migrator().username(),
                controller.migrator().password());
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("diplomatics.controller.url", controller.url());
        login(settings, "controller.shipper", controller.role("shipper"));
        login(settings, "accesslog.shipper", database(Database.ACCESSLOG).role("shipper"));
        List<String> all = new ArrayList<>(List.of(more));
        settings.forEach((name, value) -> all.add(name + "=" + value));
        return all.toArray(String[]::new);
    }

    private static void login(Map<String, String> settings, String name, Login login) {
        settings.put("diplomatics." + name + ".username", login.username());
        settings.put("diplomatics." + name + ".password", login.password());
    }

    /** The service in this JVM; the test closes it. */
    RunningQuery start(String... more) {
        Map<String, Object> properties = new LinkedHashMap<>(settings());
        for (String setting : more) {
            properties.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        return run(new SpringApplicationBuilder(QueryApplication.class).properties(properties));
    }

    /** The service that knows callers by the tokens of a provider; the test closes it. */
    RunningQuery startWithTokensOf(TestProvider provider, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "spring.profiles.active=insecure,tokens",
                "diplomatics.identity.audience=" + TestProvider.AUDIENCE,
                "diplomatics.identity.issuers[0].issuer=" + TestProvider.ISSUER,
                "diplomatics.identity.issuers[0].keys=" + provider.keysAddress(),
                "diplomatics.identity.issuers[0].parts="
                        + Arrays.stream(Part.values()).map(Part::text).collect(Collectors.joining(","))));
        settings.addAll(List.of(more));
        return start(settings.toArray(String[]::new));
    }

    /** The service without the profile {@code insecure}, in zones that may be; the test closes it. */
    RunningQuery startForRealPeople(boolean callersAreKnown, String... more) {
        Map<String, Object> properties = new LinkedHashMap<>(settings());
        for (String setting : more) {
            properties.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        properties.put("spring.profiles.active", "strict");
        properties.putAll(zones());
        for (String setting : more) {
            properties.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        String[] server = Arrays.stream(more)
                .filter(setting -> setting.startsWith("server."))
                .map(setting -> "--" + setting)
                .toArray(String[]::new);
        return run(
                new SpringApplicationBuilder(QueryApplication.class)
                        .properties(properties)
                        .initializers(started -> {
                            var beans = (GenericApplicationContext) started;
                            beans.registerBean(
                                    ProcessMemory.class, () -> new ProcessMemory(false, false, false, "0", false, 0));
                            if (callersAreKnown) {
                                beans.registerBean(
                                        CallerResolver.class,
                                        () -> QueryFixture::said,
                                        definition -> definition.setPrimary(true));
                            }
                        }),
                server);
    }

    static Map<String, String> zones() {
        Map<String, String> zones = new LinkedHashMap<>();
        List.of("a", "b", "c", "custodian").forEach(zone -> {
            zones.put("diplomatics.zones." + zone + ".operator", "operator of " + zone);
            zones.put("diplomatics.zones." + zone + ".country", "BE");
            zones.put("diplomatics.zones." + zone + ".parent", "NL");
        });
        return zones;
    }

    /** As a machine's token would have it: nobody is asked to sign in again. */
    private static Optional<Caller> said(HttpServletRequest request) {
        request.setAttribute(
                Bearer.class.getName(), new Bearer(Part.AGENCY_SYSTEM, "said", "", Set.of("query"), null, null, null));
        return Optional.ofNullable(request.getHeader("X-Caller"))
                .map(said -> said.split(":"))
                .map(said -> new Caller(Caller.Role.valueOf(said[0].toUpperCase(Locale.ROOT)), said[1]));
    }

    private static RunningQuery run(SpringApplicationBuilder application, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--server.port=0");
        ConfigurableApplicationContext context = application.run(all.toArray(String[]::new));
        int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        return new RunningQuery(URI.create("http://127.0.0.1:" + port), context);
    }

    /** Runs a statement as the superuser, whom no role keeps from anything. */
    int tamper(Database database, String sql) {
        String name = database(database).url().replaceAll(".*/", "");
        try (Connection connection =
                        Objects.requireNonNull(servers.get(database)).connect(name);
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A connection that no role and no privilege binds. */
    Connection superuser(Database database) throws SQLException {
        String name = database(database).url().replaceAll(".*/", "");
        return Objects.requireNonNull(servers.get(database)).connect(name);
    }

    /** A number asked of a database as the superuser. */
    long count(Database database, String sql) {
        String name = database(database).url().replaceAll(".*/", "");
        try (Connection connection =
                        Objects.requireNonNull(servers.get(database)).connect(name);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of every row, read as the superuser. */
    List<String> strings(Database database, String sql) {
        List<String> strings = new ArrayList<>();
        try (Connection connection = superuser(database);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
            return strings;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        for (AutoCloseable resource : opened.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
