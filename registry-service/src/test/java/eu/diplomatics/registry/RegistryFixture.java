package eu.diplomatics.registry;

import eu.diplomatics.access.Bearer;
import eu.diplomatics.access.Part;
import eu.diplomatics.access.TestProvider;
import eu.diplomatics.golive.ProcessMemory;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.KafkaInstance;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.caller.CallerResolver;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The service on real PostgreSQL, Kafka and custodian: its own databases, topic and keys. */
final class RegistryFixture implements AutoCloseable {
    private static @Nullable RegistryFixture shared;

    private final TestCustodian custodian;
    private final Map<Database, DatabaseAccess> databases;
    private final KafkaInstance kafka;
    private final String topic = "diplomatics.events." + UUID.randomUUID();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private @Nullable ConfigurableApplicationContext context;
    private final List<Consumer<GenericApplicationContext>> extra = new ArrayList<>();
    private @Nullable InstantSource clock;
    private final Map<String, Consumer<GenericApplicationContext>> beans = new LinkedHashMap<>();

    private RegistryFixture(PostgresInstance postgres, KafkaInstance kafka) {
        this.kafka = kafka;
        try {
            this.custodian = new TestCustodian(Files.createTempDirectory("registry-test"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.databases = TestServices.databases(postgres);
        settings.put("LOGGING_CONFIG", "classpath:logging-as-deployed.xml");
        settings.put("SERVER_PORT", "0");
        settings.put("SPRING_PROFILES_ACTIVE", "insecure");
        database(
                "EVENTSTORE",
                Database.EVENTSTORE,
                Map.of(
                        "WRITER", "writer", "READER", "reader", "RELAY", "relay", "REKEYER", "rekeyer", "SEALER",
                        "sealer"));
        database("KEYRING", Database.KEYRING, Map.of("APP", "registry", "REKEYER", "rekeyer"));
        database("REGISTRY", Database.REGISTRY, Map.of("APP", "app"));
        settings.put("DIPLOMATICS_CUSTODIAN_ENDPOINTS", custodian.uri().toString());
        settings.put(
                "DIPLOMATICS_CUSTODIAN_KEYSTORE",
                custodian.authority().keyStore("registry").toString());
        settings.put(
                "DIPLOMATICS_CUSTODIAN_TRUSTSTORE",
                custodian.authority().trustStore().toString());
        settings.put(
                "DIPLOMATICS_CUSTODIAN_STOREPASSWORD",
                new String(custodian.authority().password()));
        settings.put("DIPLOMATICS_KAFKA_BOOTSTRAPSERVERS", kafka.bootstrapServers());
        settings.put("DIPLOMATICS_KAFKA_TOPIC", topic);
        settings.put("DIPLOMATICS_TESTNUMBERS", "true");
    }

    private void database(String name, Database database, Map<String, String> roles) {
        DatabaseAccess access = database(database);
        String prefix = "DIPLOMATICS_" + name + "_";
        settings.put(prefix + "URL", access.url());
        login(prefix + "MIGRATOR", access.migrator());
        roles.forEach((setting, role) -> login(prefix + setting, access.role(role)));
    }

    private void login(String prefix, Login login) {
        settings.put(prefix + "_USERNAME", login.username());
        settings.put(prefix + "_PASSWORD", login.password());
    }

    /** One service for all tests of this JVM that do not stop anything. */
    static synchronized RegistryFixture shared() {
        if (shared == null) {
            shared = prepared().start();
        }
        return shared;
    }

    /** Databases, topic and custodian for one test, on the shared servers; the service does not run yet. */
    static RegistryFixture prepared() {
        return prepared(TestServices.postgres(), TestServices.kafka());
    }

    /** As the other, on servers of the test's own. */
    static RegistryFixture prepared(PostgresInstance postgres, KafkaInstance kafka) {
        return new RegistryFixture(postgres, kafka);
    }

    RegistryFixture with(String setting, String value) {
        settings.put(setting, value);
        return this;
    }

    /** By another clock. */
    RegistryFixture at(InstantSource otherClock) {
        this.clock = otherClock;
        return this;
    }

    /** With a bean of the test's. */
    <T> RegistryFixture with(Class<T> type, T bean) {
        extra.add(context -> context.registerBean(type.getSimpleName() + " " + UUID.randomUUID(), type, () -> bean));
        return this;
    }

    /** Without the profile {@code insecure}, in zones that may be; callers are known to this test all the same. */
    RegistryFixture asForRealPeople() {
        settings.put("SPRING_PROFILES_ACTIVE", "strict");
        zone("A", "Host nv", "BE");
        zone("B", "Keyring bv", "NL");
        zone("C", "Agency", "BE");
        zone("CUSTODIAN", "Notary gmbh", "DE");
        beans.put(
                "callers",
                started -> started.registerBean(
                        CallerResolver.class, () -> RegistryFixture::said, definition -> definition.setPrimary(true)));
        beans.put(
                "memory",
                started -> started.registerBean(
                        ProcessMemory.class, () -> new ProcessMemory(false, false, false, "0", false, 0)));
        return this;
    }

    /** Knows callers by the tokens of a provider, and no longer by what they say. */
    RegistryFixture withTokensOf(TestProvider provider) {
        settings.put("SPRING_PROFILES_ACTIVE", "insecure,tokens");
        settings.put("DIPLOMATICS_IDENTITY_AUDIENCE", TestProvider.AUDIENCE);
        settings.put("DIPLOMATICS_IDENTITY_ISSUERS_0_ISSUER", TestProvider.ISSUER);
        settings.put("DIPLOMATICS_IDENTITY_ISSUERS_0_KEYS", provider.keysAddress());
        settings.put(
                "DIPLOMATICS_IDENTITY_ISSUERS_0_PARTS",
                Arrays.stream(Part.values()).map(Part::text).collect(Collectors.joining(",")));
        return this;
    }

    /** As a machine's token would have it: nobody is asked to sign in again. */
    private static Optional<Caller> said(HttpServletRequest request) {
        request.setAttribute(
                Bearer.class.getName(),
                new Bearer(Part.INSTITUTION_SYSTEM, "said", "", Set.of("registry"), null, null, null));
        return Optional.ofNullable(request.getHeader("X-Caller"))
                .map(said -> said.split(":"))
                .map(said -> new Caller(Caller.Role.valueOf(said[0].toUpperCase(Locale.ROOT)), said[1]));
    }

    /** By what the service itself knows of callers. */
    RegistryFixture withoutCallers() {
        beans.remove("callers");
        return this;
    }

    /** In this JVM as it is. */
    RegistryFixture withItsOwnMemory() {
        beans.remove("memory");
        return this;
    }

    private void zone(String name, String operator, String country) {
        settings.put("DIPLOMATICS_ZONES_" + name + "_OPERATOR", operator);
        settings.put("DIPLOMATICS_ZONES_" + name + "_COUNTRY", country);
        settings.put("DIPLOMATICS_ZONES_" + name + "_PARENT", country);
    }

    /** What the service runs with, as environment variables. */
    Map<String, String> settings() {
        return settings;
    }

    RegistryFixture start() {
        SpringApplication application = new SpringApplication(RegistryApplication.class);
        application.addInitializers(started -> started.getEnvironment()
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", Map.copyOf(settings))));
        // read from the environment before any initializer runs
        application.setAdditionalProfiles(
                settings.getOrDefault("SPRING_PROFILES_ACTIVE", "").split(","));
        InstantSource other = clock;
        if (other != null) {
            application.addInitializers(started ->
                    ((GenericApplicationContext) started).registerBean("clock", InstantSource.class, () -> other));
        }
        extra.forEach(registration ->
                application.addInitializers(started -> registration.accept((GenericApplicationContext) started)));
        beans.values()
                .forEach(bean ->
                        application.addInitializers(started -> bean.accept((GenericApplicationContext) started)));
        context = application.run();
        return this;
    }

    void stop() {
        if (context != null) {
            context.close();
            context = null;
        }
    }

    Client client() {
        return new Client("http://127.0.0.1:" + port());
    }

    int port() {
        if (context() instanceof ServletWebServerApplicationContext web && web.getWebServer() != null) {
            return web.getWebServer().getPort();
        }
        throw new IllegalStateException("the service does not run");
    }

    <T> T bean(Class<T> type) {
        return context().getBean(type);
    }

    <T> T bean(String name, Class<T> type) {
        return context().getBean(name, type);
    }

    private ConfigurableApplicationContext context() {
        if (context == null) {
            throw new IllegalStateException("the service does not run");
        }
        return context;
    }

    String topic() {
        return topic;
    }

    TestCustodian custodian() {
        return custodian;
    }

    KafkaInstance kafka() {
        return kafka;
    }

    DatabaseAccess database(Database database) {
        DatabaseAccess access = databases.get(database);
        if (access == null) {
            throw new IllegalArgumentException("no such database");
        }
        return access;
    }

    @Override
    public void close() {
        stop();
        custodian.close();
    }
}
