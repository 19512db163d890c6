package eu.diplomatics.quickstart.stack;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.Login;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An export that a registry of its own is made of: empty databases, certificates and a custodian that nobody used before.
 *
 * @param bag the export
 * @param identity file with the recipient's age identity
 * @param exportKeys public keys of who may have signed it, base64
 */
public record TakenOver(Layout layout, Path bag, Path identity, List<String> exportKeys) {
    private static final String HINT = "\nHINT: mend what it names, then begin anew in another folder";

    void bring(
            Map<Database, DatabaseAccess> databases,
            LocalAuthority authority,
            Addresses addresses,
            List<CustodianSite> sites)
            throws IOException, InterruptedException {
        ObjectNode target = JsonMapper.shared().createObjectNode();
        ObjectNode logins = target.putObject("databases");
        put(logins, "eventstore", access(databases, Database.EVENTSTORE), "importer");
        put(logins, "keyring", access(databases, Database.KEYRING), "registry");
        put(logins, "rekeyer", access(databases, Database.KEYRING), "rekeyer");
        BackupSetup.putCustodian(target, authority, sites, addresses, "registry");
        ArrayNode keys = target.putArray("exportKeys");
        exportKeys.forEach(keys::add);
        Path file = layout.run().resolve("import-target.json");
        BackupSetup.ownersOnly(file, target.toString());
        Process process = new ProcessBuilder(BackupSetup.tool(
                        layout,
                        "import",
                        "--from",
                        bag.toString(),
                        "--identity",
                        identity.toString(),
                        "--target",
                        file.toString()))
                .inheritIO()
                .start();
        int status = process.waitFor();
        Files.delete(file);
        if (status != 0) {
            throw new StartFailedException("the export could not be taken over (exit " + status + ")" + HINT);
        }
    }

    private static DatabaseAccess access(Map<Database, DatabaseAccess> databases, Database database) {
        DatabaseAccess access = databases.get(database);
        if (access == null) {
            throw new IllegalStateException("no database " + database);
        }
        return access;
    }

    private void put(ObjectNode logins, String name, DatabaseAccess access, String role) throws IOException {
        Login login = access.role(role);
        Path password = layout.run().resolve("import-" + name + ".password");
        BackupSetup.ownersOnly(password, login.password());
        logins.putObject(name)
                .put("url", access.url())
                .put("username", login.username())
                .put("passwordFile", password.toString());
    }
}
