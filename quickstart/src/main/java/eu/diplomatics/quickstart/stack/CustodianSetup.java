package eu.diplomatics.quickstart.stack;

import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.LocalSoftHsm;
import eu.diplomatics.local.Passwords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The custodian's configuration, token and passwords. A token of SoftHSM2 where there is one, else a key file; both stand
 * in for a hardware module on this machine only.
 */
final class CustodianSetup {
    private static final String MAIN = "eu.diplomatics.custodian.CustodianApplication";
    private static final String LABEL = "diplomatics";
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
     * Whether keys are to be made. Never where there were any: new keys would open nothing that was made with the old
     * ones, and the loss must be seen. A first start that was cut short before has made nothing, or keys that nobody
     * used yet.
     */
    boolean needsKeys() throws IOException {
        if (Files.exists(CustodianToken.keyFile(layout))) {
            rememberKeys();
            return false;
        }
        if (!Files.exists(keysMade())) {
            return true;
        }
        if (CustodianToken.hasSoftHsm(layout)) {
            return false;
        }
        throw new StartFailedException(
                "the custodian's keys in " + layout.custodian()
                        + " are gone, and nothing opens the data without them\nHINT: restore them, or ./dev reset and begin anew");
    }

    /** What makes the keys, to be run one after the other. */
    List<Child.Spec> init() throws IOException {
        // of a start that was cut short
        delete(CustodianToken.softHsm(layout));
        if (CustodianToken.of(layout) == CustodianToken.FILE) {
            return List.of(spec("custodian-init", "init"));
        }
        makePin();
        return List.of(spec("custodian-init-token", "init-token"), spec("custodian-init", "init"));
    }

    Child.Spec serve() throws IOException {
        rememberKeys();
        return spec("custodian", "serve");
    }

    private Child.Spec spec(String name, String command) throws IOException {
        Files.createDirectories(layout.custodian());
        ObjectNode configuration = JsonMapper.shared().createObjectNode();
        configuration.put("id", "local");
        configuration.put("host", "127.0.0.1");
        configuration.put("port", addresses.custodian());
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("DIPLOMATICS_CUSTODIAN_TLS_PASSWORD", new String(authority.password()));
        ObjectNode token = configuration.putObject("token");
        if (CustodianToken.of(layout) == CustodianToken.FILE) {
            token.put("keyFile", CustodianToken.keyFile(layout).toString());
            environment.put("DIPLOMATICS_CUSTODIAN_TOKEN_PASSWORD", credentials.get("custodian.token"));
        } else {
            LocalSoftHsm hsm = softHsm();
            token.put("kind", "pkcs11")
                    .put("library", hsm.library().toString())
                    .put("label", LABEL)
                    .put("pinFile", pinFile().toString());
            environment.putAll(hsm.environment());
            if (command.equals("init-token")) {
                environment.put("DIPLOMATICS_CUSTODIAN_OFFICER_PIN", credentials.get("custodian.officer"));
            }
        }
        configuration
                .putObject("tls")
                .put("keyStore", authority.keyStore("custodian").toString())
                .put("trustStore", authority.trustStore().toString());
        configuration.put("auditDirectory", layout.custodian().resolve("audit").toString());
        Path file = layout.run().resolve("custodian.json");
        Files.writeString(file, configuration.toString());
        for (String person : List.of("operator", "operator-2", "controller")) {
            writePerson(person);
        }
        return new Child.Spec(
                name,
                layout.application("key-custodian"),
                MAIN,
                HEAP_MEGABYTES,
                List.of("--enable-native-access=ALL-UNNAMED"),
                List.of(command, "--config", file.toString()),
                environment);
    }

    private LocalSoftHsm softHsm() {
        return LocalSoftHsm.in(CustodianToken.softHsm(layout))
                .orElseThrow(() -> new StartFailedException("the custodian's keys are in a token of SoftHSM2\nHINT: "
                        + LocalSoftHsm.MISSING + ", or ./dev reset and begin anew"));
    }

    private void makePin() throws IOException {
        Files.createDirectories(layout.custodian());
        Files.deleteIfExists(pinFile());
        Files.createFile(pinFile(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(pinFile(), Passwords.random());
    }

    /** With which this person asks the custodian on its command line. */
    private void writePerson(String name) throws IOException {
        ObjectNode person = JsonMapper.shared().createObjectNode();
        person.put("url", "https://127.0.0.1:" + addresses.custodian());
        person.put("keyStore", authority.keyStore(name).toString());
        person.put("trustStore", authority.trustStore().toString());
        person.put("passwordFile", authority.passwordFile().toString());
        Files.writeString(layout.run().resolve(name + ".json"), person.toString());
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

    private Path pinFile() {
        return layout.custodian().resolve("token-pin");
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted((one, other) -> other.compareTo(one)).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
