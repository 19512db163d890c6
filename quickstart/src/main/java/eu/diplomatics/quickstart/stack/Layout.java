package eu.diplomatics.quickstart.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Where everything lies under the state directory, normally {@code .dev} in the project. */
public record Layout(Path home) {
    public Layout {
        home = home.toAbsolutePath().normalize();
    }

    public Path data() {
        return home.resolve("data");
    }

    public Path logs() {
        return home.resolve("logs");
    }

    public Path run() {
        return home.resolve("run");
    }

    public Path temporary() {
        return home.resolve("tmp");
    }

    public Path certificates() {
        return home.resolve("certificates");
    }

    /** The keys of sample systems; each would be with its owner elsewhere. */
    public Path callerKeys() {
        return certificates().resolve("callers");
    }

    public Path credentialsFile() {
        return home.resolve("credentials.properties");
    }

    /** The class path of the runnable copy of a module: the next build must not change the files under a running process. */
    public String application(String module) {
        return home.resolve("app").resolve(module) + "/*";
    }

    public Path postgresA() {
        return data().resolve("postgres-a");
    }

    public Path postgresB() {
        return data().resolve("postgres-b");
    }

    public Path kafka() {
        return data().resolve("kafka");
    }

    /** The controller's: key and memory of its witness. */
    public Path witness() {
        return data().resolve("witness");
    }

    /** The generations of backup; a registry that is not for trying keeps them with somebody else. */
    public Path backups() {
        return data().resolve("backups");
    }

    /** What a generation takes along of the configuration. */
    public Path backupEnvironment() {
        return run().resolve("environment");
    }

    /** With which the backup's command line runs. */
    public Path backupConfiguration() {
        return run().resolve("backup.json");
    }

    /** There once the custodian's keys may be in use; says of how many sites, where that is not one. */
    Path custodianKeysMade() {
        return data().resolve("custodian-keys-made");
    }

    /** Parts of the index keys, there only while both sites of the custodian make their keys. */
    Path custodianCeremony() {
        return data().resolve("custodian-ceremony");
    }

    /** The argument every process of ours carries, by which leftovers are told from other people's processes. */
    public String marker() {
        return "-Ddiplomatics.home=" + home;
    }

    /** Whether the databases were migrated by the build that is to be started. */
    boolean migratedByThisBuild() throws IOException {
        Path known = data().resolve("migrated-by");
        return Files.exists(known) && Files.exists(build()) && Files.mismatch(known, build()) < 0;
    }

    void rememberMigration() throws IOException {
        if (Files.exists(build())) {
            Files.copy(build(), data().resolve("migrated-by"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Path build() {
        return home.resolve("app").resolve("fingerprint");
    }

    /** What {@code reset} forgets; the built application stays. */
    public List<Path> forgettable() {
        return List.of(data(), certificates(), credentialsFile(), temporary(), logs(), run());
    }

    /** Creates the folders, readable by the owner only. */
    public void create() throws IOException {
        for (Path directory : List.of(home, data(), logs(), run(), temporary(), certificates())) {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }
}
