package eu.diplomatics.quickstart.stack;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.Login;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Databases that a generation of backup fills before anything looks at them, with a custodian that is elsewhere.
 *
 * @param layout where everything was unpacked
 * @param configuration of the backup tool: it says where the generations and the custodian are
 * @param certificates folder with the services' certificates, which no generation holds
 * @param day of the generation
 * @param place in which it lies, as the configuration names it
 */
public record FilledStores(Layout layout, Path configuration, Path certificates, String day, String place) {
    LocalAuthority authority() {
        for (String service : List.of("registry", "query")) {
            if (!Files.isReadable(certificates.resolve(service + ".p12"))) {
                throw new StartFailedException(
                        "no certificate of " + service + " in " + certificates
                                + "\nHINT: --credentials DIR names the folder with registry.p12, query.p12, trust.p12 and store-password");
            }
        }
        return LocalAuthority.at(certificates);
    }

    /** Addresses of the custodian's sites. */
    List<String> custodians() throws IOException {
        try {
            JsonNode endpoints = JsonMapper.shared()
                    .readTree(Files.readAllBytes(configuration))
                    .path("custodian")
                    .path("endpoints");
            List<String> urls = new ArrayList<>();
            endpoints.forEach(url -> urls.add(url.asString("")));
            return urls;
        } catch (JacksonException e) {
            throw new StartFailedException("the configuration of the backup tool cannot be read", e);
        }
    }

    /** Runs the tool that the generation brought; what it says is shown. */
    void fill(Map<Database, DatabaseAccess> databases) throws IOException, InterruptedException {
        ObjectNode target = JsonMapper.shared().createObjectNode();
        ObjectNode logins = target.putObject("databases");
        for (Map.Entry<Database, DatabaseAccess> each : databases.entrySet()) {
            if (each.getKey() == Database.QUERY || each.getKey() == Database.CONTROLLER) {
                continue; // made anew from the logs
            }
            Login migrator = each.getValue().migrator();
            Path password = layout.run().resolve(each.getKey().databaseName() + "-migrator.password");
            BackupSetup.ownersOnly(password, migrator.password());
            logins.putObject(each.getKey().databaseName())
                    .put("url", each.getValue().url())
                    .put("username", migrator.username())
                    .put("passwordFile", password.toString());
        }
        Path file = layout.run().resolve("restore-target.json");
        BackupSetup.ownersOnly(file, target.toString());
        Process process = new ProcessBuilder(BackupSetup.tool(
                        layout,
                        "--config",
                        configuration.toString(),
                        "restore",
                        day,
                        "--place",
                        place,
                        "--target",
                        file.toString(),
                        "--unless-restored"))
                .inheritIO()
                .start();
        if (process.waitFor() != 0) {
            throw new StartFailedException("the generation could not be loaded (exit " + process.exitValue() + ")"
                    + "\nHINT: mend what it names, then the same command again: it goes on");
        }
    }
}
