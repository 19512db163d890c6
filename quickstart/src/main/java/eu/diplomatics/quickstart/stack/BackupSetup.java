package eu.diplomatics.quickstart.stack;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.Login;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code ./dev backup} runs with: its own roles, its own certificate, and a folder beside the data. */
final class BackupSetup {
    private static final List<Database> SOURCES =
            List.of(Database.EVENTSTORE, Database.ACCESSLOG, Database.REGISTRY, Database.KEYRING);

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
            DestructionAuthorities authorities)
            throws IOException {
        ObjectNode configuration = JsonMapper.shared().createObjectNode();
        configuration
                .putObject("place")
                .put("kind", "local")
                .put("directory", layout.backups().toString());
        ObjectNode logins = configuration.putObject("databases");
        for (Database database : SOURCES) {
            DatabaseAccess access = databases.get(database);
            if (access == null) {
                throw new IllegalStateException("no database " + database);
            }
            Login login = access.role("backup");
            Path password = layout.run().resolve("backup-" + database.databaseName() + ".password");
            ownersOnly(password, login.password());
            logins.putObject(database.databaseName())
                    .put("url", access.url())
                    .put("username", login.username())
                    .put("passwordFile", password.toString());
        }
        ObjectNode custodian = configuration.putObject("custodian");
        ArrayNode endpoints = custodian.putArray("endpoints");
        sites.forEach(site -> endpoints.add(site.url(addresses)));
        custodian
                .put("sites", sites.size())
                .put("keyStore", authority.keyStore("backup").toString())
                .put("trustStore", authority.trustStore().toString())
                .put("passwordFile", authority.passwordFile().toString());
        configuration.put("manifestKey", authorities.manifestKey().toString());
        ArrayNode believed = configuration.putArray("manifestKeys");
        authorities.manifestKeys().forEach(believed::add);
        ownersOnly(layout.backupConfiguration(), configuration.toString());
    }

    private static void ownersOnly(Path file, String content) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, content);
    }
}
