package eu.diplomatics.quickstart.bench;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.custodian.CustodianConfiguration;
import eu.diplomatics.custodian.CustodianServer;
import eu.diplomatics.eventstore.EventLogSettings;
import eu.diplomatics.eventstore.EventStoreMigrations;
import eu.diplomatics.eventstore.PostgresEventLog;
import eu.diplomatics.keyring.BlindIndex;
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
import eu.diplomatics.local.Ports;
import eu.diplomatics.quickstart.bench.BenchPeople.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Consultations by national number, each with its durable row in the access log, through the service as it is run;
 * against one indexed select and one durable insert of such a row for each request to the same HTTP server, which is
 * the least that an answer with an entry in a log can cost. Beside it, each of the two alone.
 */
final class ConsultBench implements Benchmark {
    private static final int PEOPLE = 5_000;
    private static final int CALLERS = 32;
    private static final int ROUNDS = 5;
    private static final Duration ROUND = Duration.ofSeconds(4);
    private static final Duration RAMP = Duration.ofSeconds(1);
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final int MOST_WARM_UPS = 30;
    private static final int WITHOUT_GAIN = 5;
    private static final double STEADY = 1.03;
    private static final String TOPIC = "diplomatics.events.1.1";

    @Override
    public String purpose() {
        return "consult by number over HTTP, logged first; limit: a select and a durable insert over HTTP";
    }

    @Override
    public void run(BenchReport report) throws Exception {
        Path directory = Files.createTempDirectory("consult-bench");
        try (LocalPostgres postgres = LocalPostgres.settings().start();
                LocalKafka kafka = LocalKafka.temporaryProcess()) {
            kafka.createTopic(TOPIC, 4);
            Map<Database, DatabaseAccess> databases = databases(postgres);
            LocalAuthority authority = LocalAuthority.in(directory.resolve("certificates"));
            CustodianConfiguration configuration = custodian(directory, authority);
            CustodianServer.initialise(configuration);
            try (CustodianServer custodian = CustodianServer.start(configuration)) {
                List<Person> people = people(databases, authority, custodian);
                BenchServices services =
                        new BenchServices(directory, databases, authority, custodian.uri(), kafka.bootstrapServers());
                measure(report, postgres, services, people);
            }
        }
        forget(directory);
    }

    /** Keys, certificates and logs of the run; they stay only when it fails, to be looked at. */
    private static void forget(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Map<Database, DatabaseAccess> databases(LocalPostgres postgres) {
        Map<String, String> passwords = new ConcurrentHashMap<>();
        LocalDatabases creating =
                new LocalDatabases(postgres, role -> passwords.computeIfAbsent(role, any -> Passwords.random()));
        Map<Database, DatabaseAccess> databases = new EnumMap<>(Database.class);
        for (Database database : Database.values()) {
            databases.put(database, creating.create(database));
        }
        return databases;
    }

    private static CustodianConfiguration custodian(Path directory, LocalAuthority authority) throws Exception {
        Path password = directory.resolve("token-password");
        Files.writeString(password, Passwords.random());
        return new CustodianConfiguration(
                "bench",
                "127.0.0.1",
                0,
                new CustodianConfiguration.Token(directory.resolve("keys.p12"), password),
                new CustodianConfiguration.Tls(
                        authority.keyStore("custodian"), authority.trustStore(), authority.passwordFile()),
                directory.resolve("audit"),
                CustodianConfiguration.defaultClients());
    }

    private static List<Person> people(
            Map<Database, DatabaseAccess> databases, LocalAuthority authority, CustodianServer custodian) {
        DatabaseAccess events = BenchServices.access(databases, Database.EVENTSTORE);
        Login migrator = events.migrator();
        EventStoreMigrations.migrate(events.url(), migrator.username(), migrator.password());
        DatabaseAccess keys = BenchServices.access(databases, Database.KEYRING);
        try (HikariDataSource pool = pool(keys.url(), keys.migrator())) {
            KeyringSchema.migrate(pool);
        }
        Login writer = events.role("writer");
        try (HikariDataSource pool = pool(keys.url(), keys.role("registry"));
                HttpsCustodian client = new HttpsCustodian(
                        List.of(custodian.uri()),
                        authority.keyStore("registry"),
                        authority.trustStore(),
                        authority.password());
                KekLease lease = KekLease.start(pool, client, Duration.ofMinutes(15));
                PostgresEventLog log = PostgresEventLog.open(
                        events.url(), writer.username(), writer.password(), EventLogSettings.defaults())) {
            Keyring keyring = new Keyring(pool, lease);
            keyring.secret("access-log-seal").close();
            return new BenchPeople(keyring, new BlindIndex(keyring, client), log).register(PEOPLE);
        }
    }

    private static HikariDataSource pool(String url, Login login) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setUsername(login.username());
        pool.setPassword(login.password());
        pool.setMaximumPoolSize(2);
        return pool;
    }

    private static void measure(BenchReport report, LocalPostgres postgres, BenchServices services, List<Person> people)
            throws Exception {
        try (BenchServices.Running query = services.startQuery(Ports.free());
                BenchServices.Running bareServer = services.startBare(Ports.free());
                DurableInserts inserts = new DurableInserts(postgres, CALLERS)) {
            ConsultCalls calls = new ConsultCalls(people, CALLERS);
            Rate consult = time -> calls.consult(query.base(), time);
            Rate bare = time -> calls.bare(bareServer.base().resolve(BareServer.LOGGED), time);
            Rate select = time -> calls.bare(bareServer.base().resolve(BareServer.SELECT), time);
            List<Rate> rates = List.of(consult, bare, select, inserts::perSecond);
            List<List<Double>> measured = new ArrayList<>();
            for (Rate rate : rates) {
                warmUp(rate);
                measured.add(new ArrayList<>());
            }
            for (int round = 0; round < ROUNDS; round++) {
                report.commitProbe(commitsPerSecond(postgres));
                for (int i = 0; i < rates.size(); i++) {
                    measured.get(i).add(settled(postgres, rates.get(i)));
                }
            }
            List<Double> ours = measured.get(0);
            report.add("consult-insz", ours, measured.get(1), "consultations/s");
            report.add("beside it: select alone over HTTP", ours, measured.get(2), "answers/s");
            report.add("beside it: durable insert alone", ours, measured.get(3), "rows/s");
        }
    }

    private interface Rate {
        double perSecond(Duration duration) throws Exception;
    }

    /** Until it gets no faster: a server that has just started spends its time on compiling itself. */
    private static void warmUp(Rate rate) throws Exception {
        double best = rate.perSecond(WARM_UP);
        int withoutGain = 0;
        for (int i = 0; i < MOST_WARM_UPS && withoutGain < WITHOUT_GAIN; i++) {
            double now = rate.perSecond(WARM_UP);
            withoutGain = now > best * STEADY ? 0 : withoutGain + 1;
            best = Math.max(best, now);
        }
    }

    /** What the one before left to be written is written first, and connections are taken up before the clock runs. */
    private static double settled(LocalPostgres postgres, Rate rate) throws Exception {
        try (Connection connection = postgres.connect("postgres")) {
            connection.createStatement().execute("CHECKPOINT");
        }
        rate.perSecond(RAMP);
        return rate.perSecond(ROUND);
    }

    private static double commitsPerSecond(LocalPostgres postgres) throws Exception {
        try (Connection connection = postgres.connect("postgres")) {
            connection.createStatement().execute("CREATE TABLE IF NOT EXISTS commit_probe (n bigint)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO commit_probe VALUES (1)")) {
                return OurAppends.rate(1, Duration.ofSeconds(1), until -> {
                    long done = 0;
                    while (System.nanoTime() < until) {
                        insert.executeUpdate();
                        done++;
                    }
                    return done;
                });
            }
        }
    }
}
