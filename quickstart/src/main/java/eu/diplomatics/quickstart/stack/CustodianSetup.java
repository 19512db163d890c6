package eu.diplomatics.quickstart.stack;

import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The custodian's configuration, key file and passwords. Its key file stands in for an HSM on this machine only. */
final class CustodianSetup {
    private static final String MAIN = "eu.diplomatics.custodian.CustodianApplication";
    private static final int HEAP_MEGABYTES = 96;

    private final Layout layout;
    private final Addresses addresses;
    private final LocalAuthority authority;
    private final Credentials credentials;

    CustodianSetup(Layout layout, Addresses addresses, LocalAuthority authority, Credentials credentials) {
        this.layout = layout;
        this.addresses = addresses;
        this.authority = authority;
        this.credentials = credentials;
    }

    /**
     * Whether a key file is to be made. Never where there was one: new keys would open nothing that was made with the
     * old ones, and the loss must be seen. A first start that was cut short before has made nothing.
     */
    boolean needsKeyFile() throws IOException {
        if (Files.exists(keyFile())) {
            rememberKeys();
            return false;
        }
        if (Files.exists(keysMade())) {
            throw new StartFailedException(
                    "the custodian's key file " + keyFile()
                            + " is gone, and nothing opens the data without it\nHINT: restore it, or ./dev reset and begin anew");
        }
        return true;
    }

    Child.Spec init() throws IOException {
        return spec("custodian-init", "init");
    }

    Child.Spec serve() throws IOException {
        rememberKeys();
        return spec("custodian", "serve");
    }

    private Child.Spec spec(String name, String command) throws IOException {
        Files.createDirectories(keyFile().getParent());
        ObjectNode configuration = JsonMapper.shared().createObjectNode();
        configuration.put("id", "local");
        configuration.put("host", "127.0.0.1");
        configuration.put("port", addresses.custodian());
        configuration.putObject("token").put("keyFile", keyFile().toString());
        configuration
                .putObject("tls")
                .put("keyStore", authority.keyStore("custodian").toString())
                .put("trustStore", authority.trustStore().toString());
        configuration.put("auditDirectory", keyFile().resolveSibling("audit").toString());
        Path file = layout.run().resolve("custodian.json");
        Files.writeString(file, configuration.toString());
        return new Child.Spec(
                name,
                layout.application("key-custodian"),
                MAIN,
                HEAP_MEGABYTES,
                List.of(),
                List.of(command, "--config", file.toString()),
                Map.of(
                        "DIPLOMATICS_CUSTODIAN_TOKEN_PASSWORD",
                        credentials.get("custodian.token"),
                        "DIPLOMATICS_CUSTODIAN_TLS_PASSWORD",
                        new String(authority.password())));
    }

    /** Before the custodian answers for the first time, so that no key is wrapped without this mark. */
    private void rememberKeys() throws IOException {
        if (!Files.exists(keysMade())) {
            Files.createFile(keysMade());
        }
    }

    private Path keysMade() {
        return layout.data().resolve("custodian-keys-made");
    }

    private Path keyFile() {
        return layout.data().resolve("custodian").resolve("keys.p12");
    }
}
