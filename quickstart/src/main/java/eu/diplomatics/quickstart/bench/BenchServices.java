package eu.diplomatics.quickstart.bench;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.Login;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Starts services, and the bare server beside them, as processes with the same options. */
final class BenchServices {
    private static final String HEAP = "384m";
    private static final String READINESS = "/actuator/health/readiness";

    private final Path directory;
    private final Map<Database, DatabaseAccess> databases;
    private final LocalAuthority authority;
    private final URI custodian;
    private final String kafka;

    BenchServices(
            Path directory,
            Map<Database, DatabaseAccess> databases,
            LocalAuthority authority,
            URI custodian,
            String kafka) {
        this.directory = directory;
        this.databases = databases;
        this.authority = authority;
        this.custodian = custodian;
        this.kafka = kafka;
    }

    static DatabaseAccess access(Map<Database, DatabaseAccess> databases, Database database) {
        DatabaseAccess access = databases.get(database);
        if (access == null) {
            throw new IllegalStateException("no database " + database);
        }
        return access;
    }

    /** A process that answers. */
    record Running(Process process, URI base) implements AutoCloseable {
        @Override
        public void close() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }

    Running startQuery(int port) throws Exception {
        Map<String, String> environment = common("query", port);
        login(environment, Database.EVENTSTORE, "READER", "reader");
        login(environment, Database.KEYRING, "APP", "query");
        login(environment, Database.QUERY, "PROJECTOR", "projector");
        login(environment, Database.QUERY, "READER", "reader");
        login(environment, Database.ACCESSLOG, "WRITER", "writer");
        login(environment, Database.ACCESSLOG, "TELLER", "teller");
        login(environment, Database.ACCESSLOG, "NOTIFIER", "notifier");
        login(environment, Database.ACCESSLOG, "SEALER", "sealer");
        login(environment, Database.ACCESSLOG, "RETENTION", "retention");
        migrators(environment, Database.QUERY, Database.ACCESSLOG);
        return start("query-service", "eu.diplomatics.query.QueryApplication", port, READINESS, environment);
    }

    /** @param options of the JVM, beside those that every service has */
    Running startRegistry(int port, String... options) throws Exception {
        Map<String, String> environment = common("registry", port);
        login(environment, Database.EVENTSTORE, "WRITER", "writer");
        login(environment, Database.EVENTSTORE, "READER", "reader");
        login(environment, Database.EVENTSTORE, "RELAY", "relay");
        login(environment, Database.EVENTSTORE, "REKEYER", "rekeyer");
        login(environment, Database.EVENTSTORE, "SEALER", "sealer");
        login(environment, Database.KEYRING, "APP", "registry");
        login(environment, Database.KEYRING, "REKEYER", "rekeyer");
        login(environment, Database.REGISTRY, "APP", "app");
        migrators(environment, Database.EVENTSTORE, Database.KEYRING, Database.REGISTRY);
        return start(
                "registry-service",
                "eu.diplomatics.registry.RegistryApplication",
                port,
                READINESS,
                environment,
                options);
    }

    Running startBare(int port) throws Exception {
        Map<String, String> environment = common("query", port);
        login(environment, Database.QUERY, "READER", "reader");
        login(environment, Database.ACCESSLOG, "WRITER", "writer");
        login(environment, Database.ACCESSLOG, "SEALER", "sealer");
        String probe = BareServer.SELECT + "00000000-0000-0000-0000-000000000000";
        return start("query-service", BareServer.class.getName(), port, probe, environment);
    }

    private Running start(
            String module, String mainClass, int port, String probe, Map<String, String> environment, String... options)
            throws Exception {
        Path log = directory.resolve(mainClass + ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP,
                "-XX:+UseSerialGC",
                // what a chunk of rows leaves behind is young: half of the heap for it halves what is copied
                "-XX:NewRatio=1",
                "-XX:-UsePerfData",
                "-Djava.net.preferIPv4Stack=true",
                "-Djava.io.tmpdir=" + directory));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", jars(module) + "/*" + File.pathSeparator + ownCode(), mainClass));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Running running = new Running(builder.start(), URI.create("http://127.0.0.1:" + port));
        awaitReady(running, probe, log);
        return running;
    }

    private static void awaitReady(Running running, String probe, Path log) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (!isReady(client, running.base().resolve(probe))) {
                if (running.process().waitFor(200, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                    running.close();
                    throw new IllegalStateException("a service did not start; see " + log);
                }
            }
        }
    }

    private static boolean isReady(HttpClient client, URI probe) throws InterruptedException {
        try {
            return client.send(HttpRequest.newBuilder(probe).build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private Map<String, String> common(String client, int port) {
        Map<String, String> environment = new HashMap<>();
        environment.put("SERVER_PORT", Integer.toString(port));
        environment.put("SPRING_PROFILES_ACTIVE", "insecure");
        environment.put("DIPLOMATICS_TESTNUMBERS", "true");
        environment.put("DIPLOMATICS_KAFKA_BOOTSTRAPSERVERS", kafka);
        environment.put("DIPLOMATICS_CUSTODIAN_ENDPOINTS", custodian.toString());
        environment.put(
                "DIPLOMATICS_CUSTODIAN_KEYSTORE", authority.keyStore(client).toString());
        environment.put(
                "DIPLOMATICS_CUSTODIAN_TRUSTSTORE", authority.trustStore().toString());
        environment.put("DIPLOMATICS_CUSTODIAN_STOREPASSWORD", new String(authority.password()));
        return environment;
    }

    private void migrators(Map<String, String> environment, Database... own) {
        for (Database database : own) {
            put(environment, database, "MIGRATOR", access(databases, database).migrator());
        }
    }

    private void login(Map<String, String> environment, Database database, String name, String role) {
        DatabaseAccess access = access(databases, database);
        environment.put("DIPLOMATICS_" + database + "_URL", access.url());
        put(environment, database, name, access.role(role));
    }

    private static void put(Map<String, String> environment, Database database, String name, Login login) {
        environment.put("DIPLOMATICS_" + database + "_" + name + "_USERNAME", login.username());
        environment.put("DIPLOMATICS_" + database + "_" + name + "_PASSWORD", login.password());
    }

    private static Path ownCode() throws URISyntaxException {
        return Path.of(BareServer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    /** Beside our own jar where everything is installed, else where the build put it. */
    static Path jars(String module) throws URISyntaxException, IOException {
        Path own = ownCode();
        for (Path above = own.getParent(); above != null; above = above.getParent()) {
            for (String place : List.of(module + "/target/dist", module)) {
                Path folder = above.resolve(place);
                if (hasJars(folder)) {
                    return folder;
                }
            }
        }
        throw new IllegalStateException("the " + module + " is not built");
    }

    private static boolean hasJars(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".jar"));
        }
    }
}
