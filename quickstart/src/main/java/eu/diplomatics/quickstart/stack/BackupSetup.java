package eu.diplomatics.quickstart.stack;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.Login;
import eu.diplomatics.quickstart.canary.Canaries;
import eu.diplomatics.transparency.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code ./dev backup} runs with: its own roles, its own certificate, and a folder beside the data. */
final class BackupSetup {
    private static final List<Database> SOURCES =
            List.of(Database.EVENTSTORE, Database.ACCESSLOG, Database.REGISTRY, Database.KEYRING);

    private static final List<Database> EXPORTED = List.of(Database.EVENTSTORE, Database.KEYRING, Database.ACCESSLOG);

    private final Layout layout;
    private final Addresses addresses;

    BackupSetup(Layout layout, Addresses addresses) {
        this.layout = layout;
        this.addresses = addresses;
    }

    void write(
            Map<Database, DatabaseAccess> databases,
            LocalAuthority authority,
            List<CustodianSite> sites,
            DestructionAuthorities authorities,
            ServiceEnvironment services,
            VerifierKey witness)
            throws IOException {
        ObjectNode configuration = JsonMapper.shared().createObjectNode();
        configuration
                .putObject("place")
                .put("kind", "local")
                .put("directory", layout.backups().toString());
        putLogins(configuration, databases, SOURCES, "backup");
        putCustodian(configuration, authority, sites, addresses, "backup");
        configuration.put("manifestKey", authorities.manifestKey().toString());
        ArrayNode believed = configuration.putArray("manifestKeys");
        authorities.manifestKeys().forEach(believed::add);
        writeEnvironment(services);
        configuration
                .putObject("environment")
                .put("applications", layout.home().resolve("app").toString())
                .put("java", System.getProperty("java.home"))
                .put("configuration", layout.backupEnvironment().toString())
                .put("work", layout.temporary().resolve("backup").toString());
        putLog(configuration, witness);
        ObjectNode exports = configuration.putObject("exports");
        putSecondProvider(exports);
        exports.putArray("keys").add(authorities.exportPublicKey());
        ownersOnly(layout.backupConfiguration(), configuration.toString());
        writeExporter(databases, authority, sites, authorities);
    }

    /** Another identity, so another file: on one machine it lies beside the other, elsewhere with whoever exports. */
    private void writeExporter(
            Map<Database, DatabaseAccess> databases,
            LocalAuthority authority,
            List<CustodianSite> sites,
            DestructionAuthorities authorities)
            throws IOException {
        ObjectNode configuration = JsonMapper.shared().createObjectNode();
        putLogins(configuration, databases, EXPORTED, "exporter");
        putCustodian(configuration, authority, sites, addresses, "exporter");
        configuration
                .put("signingKey", authorities.exportKey().toString())
                .put("signingPublicKey", authorities.exportPublicKey())
                .put("receiptKeys", addresses.registryUrl() + "/v1/receipt-keys")
                .put("logKeys", addresses.registryUrl() + "/v1/log/keys")
                .put("approve", "./dev backup approve ORDER");
        putSecondProvider(configuration);
        ownersOnly(layout.backupConfiguration().resolveSibling("exporter.json"), configuration.toString());
    }

    /** Another folder stands for it on one machine. */
    private void putSecondProvider(ObjectNode configuration) {
        configuration
                .putObject("place")
                .put("kind", "local")
                .put("directory", layout.data().resolve("second-provider").toString());
    }

    /** Taken from the registry as it runs now; elsewhere they come from its operators, by another way. */
    private void putLog(ObjectNode configuration, VerifierKey witness) throws IOException {
        Path keys = layout.run().resolve("log.keys");
        String url = addresses.registryUrl() + "/v1/log/key";
        ownersOnly(keys, Probes.get(url).orElseThrow(() -> new StartFailedException("no answer: " + url)));
        configuration
                .putObject("log")
                .put("keys", keys.toString())
                .putArray("witnesses")
                .add(witness.text());
    }

    private void putLogins(
            ObjectNode configuration, Map<Database, DatabaseAccess> databases, List<Database> which, String role)
            throws IOException {
        ObjectNode logins = configuration.putObject("databases");
        for (Database database : which) {
            DatabaseAccess access = databases.get(database);
            if (access == null) {
                throw new IllegalStateException("no database " + database);
            }
            Login login = access.role(role);
            Path password = layout.run().resolve(role + "-" + database.databaseName() + ".password");
            ownersOnly(password, login.password());
            logins.putObject(database.databaseName())
                    .put("url", access.url())
                    .put("username", login.username())
                    .put("passwordFile", password.toString());
        }
    }

    /** With what, before its own arguments, the tool is run by this very Java. */
    static List<String> tool(Layout layout, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:-HeapDumpOnOutOfMemoryError",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=/dev/null",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + layout.temporary(),
                "-cp",
                layout.application("backup-tool"),
                "eu.diplomatics.backup.BackupApplication"));
        command.addAll(List.of(arguments));
        return command;
    }

    static void putCustodian(
            ObjectNode configuration,
            LocalAuthority authority,
            List<CustodianSite> sites,
            Addresses addresses,
            String client) {
        ObjectNode custodian = configuration.putObject("custodian");
        ArrayNode endpoints = custodian.putArray("endpoints");
        sites.forEach(site -> endpoints.add(site.url(addresses)));
        custodian
                .put("sites", sites.size())
                .put("keyStore", authority.keyStore(client).toString())
                .put("trustStore", authority.trustStore().toString())
                .put("passwordFile", authority.passwordFile().toString());
    }

    /** What the services are told, without what is secret, and what is asked of those that come back. */
    private void writeEnvironment(ServiceEnvironment services) throws IOException {
        Files.createDirectories(layout.backupEnvironment());
        ObjectNode told = JsonMapper.shared().createObjectNode();
        put(told.putObject("registry"), services.registry());
        put(told.putObject("query"), services.query());
        Files.writeString(layout.backupEnvironment().resolve("services.json"), told.toPrettyString());
        Files.writeString(layout.backupEnvironment().resolve("smoke.json"), Canaries.questions());
    }

    private static void put(ObjectNode into, Map<String, String> environment) {
        new TreeMap<>(environment).forEach((name, value) -> {
            if (!name.endsWith("PASSWORD")) {
                into.put(name, value);
            }
        });
    }

    static void ownersOnly(Path file, String content) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, content);
    }
}
