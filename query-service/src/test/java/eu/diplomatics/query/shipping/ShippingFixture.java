package eu.diplomatics.query.shipping;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.KeyringSchema;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.query.database.Pools;
import eu.diplomatics.query.shipping.Shipping.Step;
import eu.diplomatics.sealing.AccessLeaves;
import eu.diplomatics.sealing.CheckpointKeys;
import eu.diplomatics.sealing.LogSealer;
import eu.diplomatics.sealing.SealMemory;
import eu.diplomatics.shipping.ControllerSchema;
import eu.diplomatics.transparency.NoteSigner;
import eu.diplomatics.transparency.VerifierKey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.postgresql.ds.PGSimpleDataSource;

/** An access log that is sealed, and a database of the controller's. */
final class ShippingFixture implements AutoCloseable {
    static final String ORIGIN = "registry.example/access/1";
    private static final byte[] SEED = new byte[32];

    final DatabaseAccess log;
    final DatabaseAccess controller;
    private final PostgresInstance logServer;
    private final PostgresInstance controllerServer;
    private final LogSealer sealer;
    private final List<HikariDataSource> pools = new ArrayList<>();

    ShippingFixture() {
        this(TestServices.postgres());
    }

    /** With the controller's database in a server of the test's own. */
    ShippingFixture(PostgresInstance controllerServer) {
        this.logServer = TestServices.postgres();
        this.controllerServer = controllerServer;
        this.log = TestServices.database(logServer, Database.ACCESSLOG);
        this.controller = TestServices.database(controllerServer, Database.CONTROLLER);
        Pools.migrate(log.url(), login(log.migrator()), "accesslog", "classpath:db/accesslog");
        Login migrator = controller.migrator();
        ControllerSchema.migrate(controller.url(), migrator.username(), migrator.password());
        DatabaseAccess keyring = TestServices.database(Database.KEYRING);
        KeyringSchema.migrate(source(keyring, keyring.migrator()));
        CheckpointKeys keys = origin -> {
            SecretBytes seed = SecretBytes.copyOf(SEED);
            return new CheckpointKeys.Signing(
                    origin, List.of(seed), List.of(NoteSigner.log(origin, seed).verifierKey()));
        };
        this.sealer = new LogSealer(
                source(log, log.role("sealer")),
                new AccessLeaves(),
                new SealMemory(source(keyring, keyring.role("query"))),
                ORIGIN,
                keys);
    }

    static VerifierKey logKey() {
        try (SecretBytes seed = SecretBytes.copyOf(SEED)) {
            return NoteSigner.log(ORIGIN, seed).verifierKey();
        }
    }

    /** So many rows that wait for their positions. */
    void write(int rows) throws SQLException {
        try (Connection connection = source(log, log.role("writer")).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    INSERT INTO accesslog.entry (id, subject, sealed, seal_key)
                    SELECT gen_random_uuid(), CASE WHEN mod(n, 5) > 0 THEN sha256(int4send(n)) END, sha512(int4send(n)), 1
                    FROM generate_series(1, %d) AS n""".formatted(rows));
        }
    }

    /** All there is, under one checkpoint. */
    void seal() throws SQLException {
        while (sealer.seal().orElseThrow().more()) {}
    }

    /** Rows, each time under a checkpoint of their own. */
    void sealed(int... rows) throws SQLException {
        for (int each : rows) {
            write(each);
            seal();
        }
    }

    /** As another process would. */
    Shipping shipping(Consumer<Step> steps) {
        return new Shipping(new LogToShip(pool(log, "shipper")), new ControllerLog(pool(controller, "shipper")), steps);
    }

    Shipping shipping() {
        return shipping(step -> {});
    }

    void shipAll() throws SQLException {
        Shipping shipping = shipping();
        while (shipping.ship()) {}
    }

    private HikariDataSource pool(DatabaseAccess access, String role) {
        HikariDataSource pool =
                Pools.open("test-" + role, access.url(), login(access.role(role)), 1, Duration.ofSeconds(10));
        pools.add(pool);
        return pool;
    }

    /** What is to be there: everything of a row, in the order of the log. */
    List<String> log() throws SQLException {
        return strings(logServer, log, """
                SELECT concat_ws('|', l.position, l.entry, l.at, l.leaf, e.subject, e.seal_key, e.sealed)
                FROM accesslog.leaf l LEFT JOIN accesslog.entry e ON e.id = l.entry ORDER BY l.position""");
    }

    /** What is there. */
    List<String> copy() throws SQLException {
        return strings(controllerServer, controller, """
                SELECT concat_ws('|', position, entry, at, leaf, subject, seal_key, sealed)
                FROM shipped.access ORDER BY position""");
    }

    List<String> atTheController(String query) throws SQLException {
        return strings(controllerServer, controller, query);
    }

    /** What somebody can do who rules over the log's server: no trigger and no role stops them. */
    void tamperWithTheLog(String... statements) throws SQLException {
        run(logServer, log, statements);
    }

    void tamperWithTheCopy(String... statements) throws SQLException {
        run(controllerServer, controller, statements);
    }

    Connection controller(String role) throws SQLException {
        return source(controller, controller.role(role)).getConnection();
    }

    private static List<String> strings(PostgresInstance server, DatabaseAccess access, String query)
            throws SQLException {
        List<String> strings = new ArrayList<>();
        try (Connection connection = server.connect(name(access));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }

    private static void run(PostgresInstance server, DatabaseAccess access, String... statements) throws SQLException {
        try (Connection connection = server.connect(name(access));
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String name(DatabaseAccess access) {
        return Objects.requireNonNull(source(access, access.migrator()).getDatabaseName());
    }

    static PGSimpleDataSource source(DatabaseAccess access, Login login) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(access.url());
        source.setUser(login.username());
        source.setPassword(login.password());
        return source;
    }

    private static eu.diplomatics.query.database.Login login(Login of) {
        return new eu.diplomatics.query.database.Login(of.username(), of.password());
    }

    @Override
    public void close() {
        pools.forEach(HikariDataSource::close);
    }
}
