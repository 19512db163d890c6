package eu.diplomatics.quickstart.bench;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.LocalDatabases;
import eu.diplomatics.local.LocalPostgres;
import eu.diplomatics.local.Login;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** The backup tool as an operator runs it: a process for each command. All give seconds, the start of Java included. */
final class BackupRun {
    private static final List<Database> SOURCES =
            List.of(Database.EVENTSTORE, Database.ACCESSLOG, Database.REGISTRY, Database.KEYRING);

    private final BenchHouse house;
    private final Path configuration;
    private final Path place;

    private BackupRun(BenchHouse house, Path configuration, Path place) {
        this.house = house;
        this.configuration = configuration;
        this.place = place;
    }

    static BackupRun prepare(BenchHouse house) throws Exception {
        Path place = house.directory().resolve("generations");
        KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Path pem = house.directory().resolve("manifest.pem");
        Files.writeString(
                pem,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getEncoder().encodeToString(key.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        LocalAuthority authority = house.authority();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("place", Map.of("kind", "local", "directory", place.toString()));
        all.put("databases", logins(house.directory(), SOURCES, house::database, access -> access.role("backup")));
        all.put(
                "custodian",
                Map.of(
                        "endpoints", List.of(house.custodian().toString()),
                        "sites", 1,
                        "keyStore", authority.keyStore("backup").toString(),
                        "trustStore", authority.trustStore().toString(),
                        "passwordFile", authority.passwordFile().toString()));
        all.put("manifestKey", pem.toString());
        all.put(
                "manifestKeys",
                List.of(Base64.getEncoder().encodeToString(key.getPublic().getEncoded())));
        return new BackupRun(house, write(house.directory().resolve("backup.json"), all), place);
    }

    static Map<String, Object> logins(
            Path directory,
            List<Database> databases,
            Function<Database, DatabaseAccess> access,
            Function<DatabaseAccess, Login> role)
            throws IOException {
        Map<String, Object> logins = new LinkedHashMap<>();
        for (Database database : databases) {
            DatabaseAccess one = access.apply(database);
            Login login = role.apply(one);
            Path password = directory.resolve("password-" + login.username());
            Files.writeString(password, login.password());
            logins.put(
                    database.databaseName(),
                    Map.of("url", one.url(), "username", login.username(), "passwordFile", password.toString()));
        }
        return logins;
    }

    static Path write(Path file, Map<String, Object> content) throws IOException {
        return Files.writeString(file, JsonMapper.shared().writeValueAsString(content));
    }

    double create() throws Exception {
        return run("create");
    }

    double verify() throws Exception {
        return run("verify");
    }

    /** Into a cluster of its own, which is made before and forgotten after. */
    double restore() throws Exception {
        Path directory = Files.createDirectory(house.directory().resolve("restored"));
        try (LocalPostgres target = BenchHouse.settings()
                .set("max_wal_size", "8GB")
                .set("checkpoint_timeout", "1h")
                .start()) {
            LocalDatabases creating = new LocalDatabases(target, role -> "only for this bench");
            Map<Database, DatabaseAccess> made = new LinkedHashMap<>();
            for (Database database : Database.values()) {
                made.put(database, creating.create(database));
            }
            Path file = write(
                    directory.resolve("target.json"),
                    Map.of(
                            "databases",
                            logins(
                                    directory,
                                    SOURCES,
                                    database -> BenchServices.access(made, database),
                                    DatabaseAccess::migrator)));
            return run("restore", "--target", file.toString());
        }
    }

    /** The folder of the newest generation. */
    Path newest() throws IOException {
        try (Stream<Path> generations = Files.list(place.resolve("generations"))) {
            return generations.sorted().reduce((one, other) -> other).orElseThrow();
        }
    }

    private double run(String... arguments) throws Exception {
        return run(house.directory(), configuration, 0, arguments);
    }

    /** @param expected the exit status */
    static double run(Path directory, Path configuration, int expected, String... arguments) throws Exception {
        Path log = directory.resolve("backup.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                // classes as the run before it left them: as ./dev and the units for systemd start it
                "-XX:+AutoCreateSharedArchive",
                "-Xlog:cds=error",
                "-XX:SharedArchiveFile=" + directory.resolve("backup.jsa"),
                "-Djava.net.preferIPv4Stack=true",
                "-Djava.io.tmpdir=" + directory,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                BenchServices.jars("backup-tool") + "/*",
                "eu.diplomatics.backup.BackupApplication",
                "--config",
                configuration.toString()));
        command.addAll(List.of(arguments));
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int status = process.waitFor();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (status != expected) {
            throw new IllegalStateException(
                    "backup " + arguments[0] + " ended with " + status + ":\n" + Files.readString(log));
        }
        return seconds;
    }
}
