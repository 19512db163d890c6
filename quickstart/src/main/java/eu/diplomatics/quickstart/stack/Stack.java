package eu.diplomatics.quickstart.stack;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.LocalDatabases;
import eu.diplomatics.local.LocalPostgres;
import eu.diplomatics.quickstart.caller.CallerKeys;
import eu.diplomatics.quickstart.caller.Callers;
import eu.diplomatics.shipping.ControllerSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * All processes of the registry on this machine. Two PostgreSQL servers, because events and keys may never lie with the
 * same host: A for events, projections, access log and batches, B for the keyring and the controller's sample database.
 */
public final class Stack implements AutoCloseable {
    private static final int KAFKA_HEAP = 320;
    private static final int SERVICE_HEAP = 384;
    private static final Duration KEY_PATIENCE = Duration.ofSeconds(60);

    private final Layout layout;
    private final Addresses addresses;
    private final Credentials credentials;
    private final Progress progress;
    private final ProcessTable table;
    private final Map<String, String> more;
    private final Deque<Runnable> endings = new ArrayDeque<>();
    private final List<Child> children = new ArrayList<>();
    private volatile boolean closing;

    public Stack(Layout layout, Addresses addresses, Progress progress) {
        this(layout, addresses, progress, Map.of());
    }

    /** @param more settings of both services, beside those that make them parts of this installation */
    public Stack(Layout layout, Addresses addresses, Progress progress, Map<String, String> more) {
        this.layout = layout;
        this.more = Map.copyOf(more);
        this.addresses = addresses;
        this.progress = progress;
        this.credentials = new Credentials(layout.credentialsFile());
        this.table = new ProcessTable(layout);
    }

    /** Starts everything and returns when all services are ready. */
    public void start() throws IOException, InterruptedException {
        layout.create();
        LocalAuthority authority = LocalAuthority.in(layout.certificates());
        DestructionAuthorities authorities = new DestructionAuthorities(layout);
        authorities.make();
        CustodianSites custodian = new CustodianSites(layout, addresses, authority, credentials);
        Map<Database, DatabaseAccess> databases = new EnumMap<>(Database.class);
        startStores(databases, () -> start(custodian));
        WitnessSetup witness = new WitnessSetup(layout, addresses);
        List<CustodianSite> sites =
                custodian.all().stream().map(CustodianSetup::site).toList();
        ServiceEnvironment environment = new ServiceEnvironment(
                addresses,
                databases,
                authority,
                sites.stream().map(site -> site.url(addresses)).toList(),
                witness.key());
        startServices(environment, authorities.registry(custodian.all(), Instant.now()), witness);
        introduce(custodian, authorities);
        startPortal();
        new BackupSetup(layout, addresses).write(databases, authority, sites, authorities, environment, witness.key());
    }

    /**
     * Starts what a generation of backup brought: its databases are filled before anything looks at them, the custodian is
     * elsewhere, and the witness is a new one: that of the registry that is lost is the controller's to say.
     *
     * @param phases is told how long each part took
     */
    public void startFilled(FilledStores stores, Map<String, Duration> phases)
            throws IOException, InterruptedException {
        layout.create();
        LocalAuthority authority = stores.authority();
        Map<Database, DatabaseAccess> databases = new EnumMap<>(Database.class);
        timed(phases, "PostgreSQL and Kafka", () -> startStores(databases, () -> {}));
        timed(phases, "data", () -> stores.fill(databases));
        WitnessSetup witness = new WitnessSetup(layout, addresses);
        ServiceEnvironment environment =
                new ServiceEnvironment(addresses, databases, authority, stores.custodians(), witness.key());
        timed(phases, "services", () -> startServices(environment, Map.of(), witness));
    }

    /**
     * Starts a registry of its own, with a custodian of its own.
     *
     * @param export is brought in before anything is registered
     * @param phases is told how long each part took
     */
    public void startAnew(Optional<TakenOver> export, Map<String, Duration> phases)
            throws IOException, InterruptedException {
        layout.create();
        LocalAuthority authority = LocalAuthority.in(layout.certificates());
        new DestructionAuthorities(layout).make();
        CustodianSites custodian = new CustodianSites(layout, addresses, authority, credentials);
        Map<Database, DatabaseAccess> databases = new EnumMap<>(Database.class);
        timed(phases, "PostgreSQL, Kafka, another custodian", () -> startStores(databases, () -> start(custodian)));
        List<CustodianSite> sites =
                custodian.all().stream().map(CustodianSetup::site).toList();
        WitnessSetup witness = new WitnessSetup(layout, addresses);
        ServiceEnvironment environment = new ServiceEnvironment(
                addresses,
                databases,
                authority,
                sites.stream().map(site -> site.url(addresses)).toList(),
                witness.key());
        if (export.isPresent()) {
            timed(phases, "empty registry", () -> {
                // it migrates its databases when it starts; nothing else may run while the export comes in
                start(
                        service("registry", "eu.diplomatics.registry.RegistryApplication", environment.registry()),
                        Probes.started(addresses.registryUrl()));
                stop("registry");
            });
            timed(phases, "import", () -> export.get().bring(databases, authority, addresses, sites));
        }
        timed(phases, "services", () -> startServices(environment, Map.of(), witness));
    }

    private void stop(String name) {
        children.removeIf(child -> {
            boolean meant = child.name().equals(name);
            if (meant) {
                child.stop();
            }
            return meant;
        });
    }

    private static void timed(Map<String, Duration> phases, String name, SideBySide.Step step)
            throws IOException, InterruptedException {
        Instant begun = Instant.now();
        SideBySide.run(List.of(step));
        phases.put(name, Duration.between(begun, Instant.now()));
    }

    private void startStores(Map<Database, DatabaseAccess> databases, SideBySide.Step custodian)
            throws IOException, InterruptedException {
        // What needs nobody else start at once; two cores do not gain from more.
        SideBySide.run(List.of(
                () -> {
                    LocalPostgres a = postgres("postgres-a", layout.postgresA(), addresses.postgresA());
                    List<Database> kinds =
                            List.of(Database.EVENTSTORE, Database.QUERY, Database.ACCESSLOG, Database.REGISTRY);
                    create(a, kinds, databases);
                    progress.say("PostgreSQL A (events, projections, access log) on port " + a.port());
                },
                () -> {
                    LocalPostgres b = postgres("postgres-b", layout.postgresB(), addresses.postgresB());
                    // a sample of the controller's database: elsewhere it lies on a server of the controller's own
                    create(b, List.of(Database.KEYRING, Database.CONTROLLER), databases);
                    migrateController(databases);
                    progress.say("PostgreSQL B (keyring, the controller's copy of the access log) on port " + b.port());
                },
                custodian,
                () -> {
                    start(kafka(), Probes.listens(addresses.kafka()));
                    progress.say("Kafka on port " + addresses.kafka());
                }));
    }

    /** The custodian learns the registry's key, which is made at the first start; one site after the other, as it starts anew. */
    private void introduce(CustodianSites custodian, DestructionAuthorities authorities)
            throws IOException, InterruptedException {
        String key = Probes.asController(
                        callers(layout, addresses), addresses.registryUrl() + "/v1/keys/inventory-key", KEY_PATIENCE)
                .map(answer -> answer.path("publicKey").asString(""))
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> new StartFailedException(
                        "the registry does not give its inventory key\nHINT: look into its log, then ./dev up again"));
        if (authorities.learn(key)) {
            for (CustodianSetup site : custodian.all()) {
                stop(site.site().process());
                start(site.serve(), site.answers());
            }
            progress.say("custodian knows the registry's inventory key");
        }
    }

    private void start(CustodianSites custodian) throws IOException, InterruptedException {
        if (custodian.needKeys()) {
            custodian.makeKeys();
        }
        SideBySide.run(custodian.all().stream()
                .map(site -> (SideBySide.Step) () -> start(site.serve(), site.answers()))
                .toList());
        progress.say("custodian on "
                + custodian.all().stream()
                        .map(site -> "port " + site.site().port(addresses))
                        .collect(Collectors.joining(" and "))
                + ", keys " + CustodianToken.of(layout).text());
        if (custodian.all().size() == 1) {
            progress.say(
                    "the custodian has one site only, as its keys are of an earlier version: ./dev reset makes two");
        }
    }

    /**
     * The registry migrates what the query service reads. Once that was done by this very build, both start side by
     * side.
     */
    private void startServices(ServiceEnvironment environment, Map<String, String> destruction, WitnessSetup witness)
            throws IOException, InterruptedException {
        if (addresses.tokens()) {
            new CallerKeys(layout.callerKeys()).make();
            PortalSetup people = new PortalSetup(layout, addresses);
            start(
                    people.provider(),
                    () -> Probes.get(addresses.providerUrl() + "/oauth2/jwks").isPresent());
            progress.say("identity provider on port " + addresses.provider());
        }
        Map<String, String> told = environment.registry();
        told.putAll(destruction);
        told.putAll(more);
        Map<String, String> toldQuery = environment.query();
        toldQuery.putAll(more);
        Child.Spec registry = service("registry", "eu.diplomatics.registry.RegistryApplication", told);
        Child.Spec query = service("query", "eu.diplomatics.query.QueryApplication", toldQuery);
        SideBySide.run(
                layout.migratedByThisBuild() ? 2 : 1,
                List.of(
                        () -> {
                            start(registry, Probes.started(addresses.registryUrl()));
                            progress.say("registry on port " + addresses.registry());
                        },
                        () -> {
                            start(query, Probes.healthy(addresses.queryUrl()));
                            progress.say("query on port " + addresses.query());
                        }));
        witness.watch();
        start(witness.serve(), Probes.listens(addresses.witness()));
        progress.say("controller's witness on port " + addresses.witness());
        layout.rememberMigration();
    }

    /** Pages are for people who sign in: without the provider there are none. */
    private void startPortal() throws IOException, InterruptedException {
        if (addresses.tokens()) {
            start(new PortalSetup(layout, addresses).portal(), Probes.healthy(addresses.portalUrl()));
            progress.say("portal on port " + addresses.portal());
        }
    }

    /** Says in requests who calls, as this installation wants it. */
    public static Callers callers(Layout layout, Addresses addresses) {
        return addresses.tokens() ? Callers.byTokens(addresses.providerUrl(), layout.callerKeys()) : Callers.said();
    }

    /** Calls back with the name and exit code of a child that ends although nobody asked it to. */
    public void onUnexpectedEnd(BiConsumer<String, Integer> listener) {
        for (Child child : List.copyOf(children)) {
            var unused = child.process().onExit().thenAccept(process -> {
                if (!closing) {
                    listener.accept(child.name(), process.exitValue());
                }
            });
        }
    }

    /** Ends everything, the last started first, and leaves the data. */
    @Override
    public void close() {
        closing = true;
        while (true) {
            Runnable ending;
            synchronized (endings) {
                ending = endings.poll();
            }
            if (ending == null) {
                break;
            }
            ending.run();
        }
        try {
            table.clear();
        } catch (IOException e) {
            progress.say("the process table could not be removed");
        }
    }

    LocalPostgres postgres(String name, Path directory, int port) throws IOException {
        Path log = layout.logs().resolve(name + ".log");
        LocalPostgres.Settings settings = LocalPostgres.settings()
                .dataDirectory(directory)
                .logFile(log)
                .superuserPassword(credentials.get(name + ".superuser"))
                .port(port)
                .set("shared_buffers", "64MB")
                .ownSession()
                .keepAfterJvm();
        LocalPostgres postgres;
        try {
            postgres = settings.start();
        } catch (UncheckedIOException | CompletionException e) {
            throw new StartFailedException(
                    name + " could not be started: " + lastMessage(e) + LogTail.introduced(log)
                            + "\nHINT: mend what it names; ./dev reset forgets all data when those are damaged",
                    e);
        }
        ending(postgres::close);
        table.add(name, postgres.process());
        return postgres;
    }

    private static String lastMessage(Throwable failure) {
        Throwable last = failure;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        return String.valueOf(last.getMessage());
    }

    private void create(LocalPostgres postgres, List<Database> kinds, Map<Database, DatabaseAccess> into) {
        LocalDatabases databases = new LocalDatabases(postgres, role -> credentials.get("role." + role));
        for (Database kind : kinds) {
            DatabaseAccess access;
            try {
                access = databases.create(kind);
            } catch (IllegalStateException e) {
                throw new StartFailedException(
                        e.getMessage() + ": " + lastMessage(e)
                                + "\nHINT: passwords and data belong together; ./dev reset forgets both",
                        e);
            }
            synchronized (into) {
                into.put(kind, access);
            }
        }
    }

    /** As the controller does: no service may. */
    private static void migrateController(Map<Database, DatabaseAccess> databases) {
        DatabaseAccess controller;
        synchronized (databases) {
            controller = Objects.requireNonNull(databases.get(Database.CONTROLLER));
        }
        ControllerSchema.migrate(
                controller.url(),
                controller.migrator().username(),
                controller.migrator().password());
    }

    private void start(Child.Spec spec, Child.Probe probe) throws IOException, InterruptedException {
        Child child;
        synchronized (endings) {
            if (closing) {
                throw new StartFailedException("stopped while starting");
            }
            child = Child.start(layout, spec);
            endings.push(child::stop);
            children.add(child);
            table.add(spec.name(), child.process().toHandle());
        }
        child.awaitReady(probe);
    }

    private void ending(Runnable ending) {
        synchronized (endings) {
            endings.push(ending);
        }
    }

    private Child.Spec kafka() {
        return new Child.Spec(
                "kafka",
                layout.application("quickstart"),
                "eu.diplomatics.local.KafkaBroker",
                KAFKA_HEAP,
                List.of("-Dlogback.configurationFile=quickstart-logback.xml"),
                List.of(
                        layout.kafka().toString(),
                        Integer.toString(addresses.kafka()),
                        Integer.toString(addresses.kafkaController())),
                Map.of());
    }

    private Child.Spec service(String name, String mainClass, Map<String, String> environment) {
        return new Child.Spec(
                name,
                layout.application(name + "-service"),
                mainClass,
                SERVICE_HEAP,
                List.of(),
                List.of(),
                environment);
    }
}
