package eu.diplomatics.sealing;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventStoreFixture;
import eu.diplomatics.eventstore.PostgresEventLog;
import eu.diplomatics.eventstore.Units;
import eu.diplomatics.keyring.KeyringSchema;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.NoteSigner;
import eu.diplomatics.transparency.TileTree;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A log in one database, the memory of what was signed in another, and a sealer between them. */
final class SealingFixture implements AutoCloseable {
    static final String ORIGIN = "registry.example/events/1";
    private static final byte[] SEED = new byte[32];

    final EventStoreFixture store;
    final DatabaseAccess keyring;
    private final PostgresInstance keyringServer = TestServices.postgres();
    private PostgresEventLog log;

    private SealingFixture(EventStoreFixture store) {
        this.store = store;
        this.log = store.openLog();
        this.keyring = TestServices.database(keyringServer, Database.KEYRING);
        KeyringSchema.migrate(source(keyring, keyring.migrator()));
    }

    static SealingFixture create() {
        return new SealingFixture(EventStoreFixture.create());
    }

    /** With the log in a server of the test's own. */
    static SealingFixture create(PostgresInstance postgres) {
        return new SealingFixture(EventStoreFixture.create(postgres));
    }

    /** Appends so many events, each a stream of its own. */
    void append(int events) {
        List<AppendUnit> units = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            units.add(Units.unit(Units.event(UUID.randomUUID(), 1)));
        }
        Units.append(log, units);
    }

    /** As after a restart of the service. */
    void reopen() {
        log = store.openLog();
    }

    DataSource logAsSealer() {
        return source(store.access(), store.access().role("sealer"));
    }

    DataSource logAsReader() {
        return source(store.access(), store.access().role("reader"));
    }

    SealMemory memory() {
        return new SealMemory(source(keyring, keyring.role("registry")));
    }

    LogSealer sealer() {
        return sealer(memory());
    }

    LogSealer sealer(SealMemory memory) {
        return new LogSealer(logAsSealer(), new EventLeaves(), memory, ORIGIN, one(() -> SecretBytes.copyOf(SEED)));
    }

    /** One key that stays. */
    static CheckpointKeys one(Supplier<SecretBytes> seed) {
        return origin -> {
            SecretBytes opened = seed.get();
            return new CheckpointKeys.Signing(
                    origin,
                    List.of(opened),
                    List.of(NoteSigner.log(origin, opened).verifierKey()));
        };
    }

    VerifierKey logKey() {
        return logKey(1);
    }

    VerifierKey logKey(int incarnation) {
        try (SecretBytes seed = SecretBytes.copyOf(SEED)) {
            return NoteSigner.log(LogOrigin.name(ORIGIN, incarnation), seed).verifierKey();
        }
    }

    LogResumption resumption() {
        return new LogResumption(
                logAsReader(),
                new EventLeaves(),
                source(keyring, keyring.role("registry")),
                ORIGIN,
                one(() -> SecretBytes.copyOf(SEED)),
                InstantSource.system());
    }

    PostgresEventLog log() {
        return log;
    }

    /** Seals all there is. */
    TreeHead seal() throws SQLException {
        LogSealer.Step step;
        do {
            step = sealer().seal().orElseThrow();
        } while (step.more());
        return step.head();
    }

    /** The newest published checkpoint, verified. */
    TreeHead published() throws SQLException {
        return published(1);
    }

    /** As the other, of an incarnation. */
    TreeHead published(int incarnation) throws SQLException {
        try (Connection connection = logAsReader().getConnection()) {
            Checkpoints checkpoints = new Checkpoints(connection, "eventstore");
            byte[] note = checkpoints.cosigned(checkpoints.last().orElseThrow());
            return new CheckpointVerifier(logKey(incarnation), List.of(), 0)
                    .verify(note)
                    .head();
        }
    }

    <T> T tree(TreeHead head, Reading<T> reading) throws SQLException {
        try (Connection connection = logAsReader().getConnection()) {
            return reading.of(TileTree.open(new JdbcTileStore(connection, "eventstore"), head));
        }
    }

    interface Reading<T> {
        T of(TileTree tree);
    }

    /** What somebody can do who rules over the log's server: no trigger and no role stops them. */
    void asSuperuser(String... statements) throws SQLException {
        run(store.postgres(), store.access(), statements);
    }

    /** The same at the keyring's server. */
    void asSuperuserOfTheKeyring(String... statements) throws SQLException {
        run(keyringServer, keyring, statements);
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
        String name = source(access, access.migrator()).getDatabaseName();
        if (name == null) {
            throw new IllegalStateException("url without database");
        }
        return name;
    }

    static PGSimpleDataSource source(DatabaseAccess access, Login login) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(access.url());
        source.setUser(login.username());
        source.setPassword(login.password());
        return source;
    }

    @Override
    public void close() {
        store.close();
    }
}
