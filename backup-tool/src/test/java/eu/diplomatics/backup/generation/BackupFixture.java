package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.place.LocalPlace;
import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.generation.GenerationFixture;
import eu.diplomatics.keyring.Custodian;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import tools.jackson.databind.json.JsonMapper;

/** A registry's four databases with real events and keys in them, a custodian, a place, and a clock that is moved. */
public final class BackupFixture implements AutoCloseable {
    public static final long SEGMENT_BYTES = 20_000;
    private static final Map<Database, String> MIGRATIONS = Map.of(
            Database.ACCESSLOG, "../query-service/src/main/resources/db/accesslog",
            Database.REGISTRY, "../registry-service/src/main/resources/db/registry");
    private static final Map<Database, String> SCHEMAS =
            Map.of(Database.ACCESSLOG, "accesslog", Database.REGISTRY, "batch");

    public final GenerationFixture log;
    public final Path directory;
    public final Clock clock = new Clock();
    private final KeyPair manifestKey;
    private @Nullable Place place;
    private final Map<SourceDatabase, DatabaseAccess> databases = new EnumMap<>(SourceDatabase.class);

    /** Begins at noon, so that no test runs into the next day; the custodian's own clock is the real one. */
    public static final class Clock implements InstantSource {
        private Duration ahead;

        private Clock() {
            Instant now = Instant.now();
            this.ahead = Duration.between(now, now.truncatedTo(ChronoUnit.DAYS).plus(Duration.ofHours(12)));
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        public Duration ahead() {
            return ahead;
        }

        public void forward(Duration by) {
            ahead = ahead.plus(by);
        }
    }

    public BackupFixture(Path directory) {
        this(directory, TestServices.postgres());
    }

    /** In a server of the test's own. */
    public BackupFixture(Path directory, PostgresInstance server) {
        this.directory = directory;
        this.log = GenerationFixture.create(directory, server);
        databases.put(SourceDatabase.EVENTSTORE, log.store.access());
        databases.put(SourceDatabase.KEYRING, log.keys.access());
        databases.put(SourceDatabase.ACCESSLOG, migrated(server, Database.ACCESSLOG));
        databases.put(SourceDatabase.REGISTRY, migrated(server, Database.REGISTRY));
        try {
            manifestKey = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            Files.writeString(
                    directory.resolve("manifest.pem"),
                    "-----BEGIN PRIVATE KEY-----\n"
                            + Base64.getEncoder()
                                    .encodeToString(manifestKey.getPrivate().getEncoded())
                            + "\n-----END PRIVATE KEY-----\n");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DatabaseAccess migrated(PostgresInstance server, Database database) {
        DatabaseAccess access = TestServices.database(server, database);
        Flyway.configure()
                .dataSource(
                        access.url(),
                        access.migrator().username(),
                        access.migrator().password())
                .schemas(SCHEMAS.get(database))
                .locations("filesystem:" + MIGRATIONS.get(database))
                .load()
                .migrate();
        return access;
    }

    public Map<SourceDatabase, DataSource> sources() {
        Map<SourceDatabase, DataSource> sources = new EnumMap<>(SourceDatabase.class);
        databases.forEach((database, access) -> {
            Login login = access.role("backup");
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setUrl(access.url());
            source.setUser(login.username());
            source.setPassword(login.password());
            sources.put(database, source);
        });
        return sources;
    }

    public DatabaseAccess access(SourceDatabase database) {
        return Objects.requireNonNull(databases.get(database));
    }

    public Custodian custodian() {
        return log.keys.custodian().client("backup");
    }

    public Path placeDirectory() {
        return directory.resolve("place");
    }

    public GenerationStore store() throws IOException {
        return store(place == null ? new LocalPlace(placeDirectory()) : place);
    }

    public GenerationStore store(Place of) throws IOException {
        return new GenerationStore(of, manifestKeys());
    }

    byte[] manifestKey() {
        return manifestKey.getPublic().getEncoded();
    }

    ManifestKeys manifestKeys() throws IOException {
        return ManifestKeys.of(List.of(manifestKey()), Optional.of(directory.resolve("manifest.pem")));
    }

    /** Generations go there from now on. */
    public void use(Place other) {
        place = other;
    }

    public CreateGeneration create(CreateGeneration.Steps steps) throws IOException {
        return new CreateGeneration(
                store(),
                sources(),
                custodian(),
                clock,
                new CreateGeneration.Settings(SEGMENT_BYTES, "test"),
                (table, rows, bytes) -> {},
                steps);
    }

    /** With what it takes along to run elsewhere. */
    public Manifest create(EnvironmentFiles environment) throws Exception {
        return new CreateGeneration(
                        store(),
                        sources(),
                        custodian(),
                        clock,
                        new CreateGeneration.Settings(SEGMENT_BYTES, "test", environment),
                        (table, rows, bytes) -> {})
                .create();
    }

    public Manifest create() throws Exception {
        return create(step -> {}).create();
    }

    /** For the command line: the same as JSON, passwords in files. */
    public Path configuration() throws IOException {
        Map<String, Object> logins = new HashMap<>();
        for (Map.Entry<SourceDatabase, DatabaseAccess> each : databases.entrySet()) {
            Login login = each.getValue().role("backup");
            Path password = directory.resolve("password-" + each.getKey().databaseName());
            Files.writeString(password, login.password());
            logins.put(
                    each.getKey().databaseName(),
                    Map.of(
                            "url", each.getValue().url(),
                            "username", login.username(),
                            "passwordFile", password.toString()));
        }
        var authority = log.keys.custodian().authority();
        Map<String, Object> custodian = Map.of(
                "endpoints", List.of(log.keys.custodian().uri().toString()),
                "sites", 1,
                "keyStore", authority.keyStore("backup").toString(),
                "trustStore", authority.trustStore().toString(),
                "passwordFile", authority.passwordFile().toString());
        Map<String, Object> all = Map.of(
                "place",
                Map.of("kind", "local", "directory", placeDirectory().toString()),
                "databases",
                logins,
                "custodian",
                custodian,
                "manifestKey",
                directory.resolve("manifest.pem").toString(),
                "manifestKeys",
                List.of(Base64.getEncoder()
                        .encodeToString(manifestKey.getPublic().getEncoded())),
                "segmentMegabytes",
                1);
        Path file = directory.resolve("backup.json");
        Files.writeString(file, JsonMapper.shared().writeValueAsString(all));
        return file;
    }

    @Override
    public void close() throws Exception {
        log.close();
    }
}
