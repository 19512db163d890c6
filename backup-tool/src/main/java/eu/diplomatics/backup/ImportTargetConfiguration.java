package eu.diplomatics.backup;

import eu.diplomatics.backup.BackupConfiguration.CustodianAccess;
import eu.diplomatics.backup.BackupConfiguration.Login;
import eu.diplomatics.backup.importing.Import;
import eu.diplomatics.keyring.HttpsCustodian;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import tools.jackson.core.JacksonException;

/**
 * The registry that an export goes into.
 *
 * @param databases logins: eventstore (as the importer), keyring (as the registry), rekeyer (into the keyring's database)
 * @param custodian with the registry's own certificate
 * @param exportKeys public keys of who may have signed the export, X.509 encoding, base64
 */
record ImportTargetConfiguration(Map<String, Login> databases, CustodianAccess custodian, List<String> exportKeys) {
    /** @throws ConfigurationException when it is none */
    static ImportTargetConfiguration read(Path file) {
        try {
            ImportTargetConfiguration read =
                    BackupConfiguration.STRICT.readValue(Files.readAllBytes(file), ImportTargetConfiguration.class);
            if (read.databases == null || read.custodian == null || read.exportKeys == null) {
                throw new ConfigurationException("the target lacks a member", "backup import --help");
            }
            return read;
        } catch (IOException e) {
            throw new ConfigurationException("the target " + file + " cannot be read", "give it with --target FILE");
        } catch (JacksonException e) {
            throw new ConfigurationException(
                    "the target " + file + " is not of the form it has to be",
                    "backup import --help tells its members");
        }
    }

    List<byte[]> believed() {
        try {
            return exportKeys.stream().map(Base64.getDecoder()::decode).toList();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("exportKeys holds what is no base64", "backup import --help");
        }
    }

    Import.Target target(HttpsCustodian at) throws IOException {
        return new Import.Target(source("eventstore"), source("keyring"), source("rekeyer"), at);
    }

    private DataSource source(String name) throws IOException {
        Login login = databases.get(name);
        if (login == null) {
            throw new ConfigurationException("databases has no " + name, "backup import --help");
        }
        return login.source("import");
    }

    @Override
    public String toString() {
        return "ImportTargetConfiguration[" + databases.keySet() + "]";
    }
}
