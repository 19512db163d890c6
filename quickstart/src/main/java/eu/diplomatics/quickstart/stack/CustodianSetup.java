package eu.diplomatics.quickstart.stack;

import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.LocalSoftHsm;
import eu.diplomatics.local.Passwords;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One site of the custodian: configuration, token and passwords. A token of SoftHSM2 where there is one, else a key file;
 * both stand in for a hardware module on this machine only. Passwords lie in files beside the token, so that the commands
 * of the custodian work with the same configuration as the running one.
 */
final class CustodianSetup {
    private static final String MAIN = "eu.diplomatics.custodian.CustodianApplication";
    private static final String LABEL = "diplomatics";
    private static final int HEAP_MEGABYTES = 64;

    private final CustodianSite site;
    private final Layout layout;
    private final Addresses addresses;
    private final LocalAuthority authority;
    private final Credentials credentials;

    CustodianSetup(
            CustodianSite site, Layout layout, Addresses addresses, LocalAuthority authority, Credentials credentials) {
        this.site = site;
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
    boolean needsKeys() {
        if (Files.exists(site.keyFile(layout))) {
            return false;
        }
        if (!Files.exists(layout.custodianKeysMade())) {
            return true;
        }
        if (site.hasSoftHsm(layout)) {
            return false;
        }
        throw new StartFailedException(
                "the custodian's keys in " + directory()
                        + " are gone, and nothing opens the data without them\nHINT: restore them, or ./dev reset and begin anew");
    }

    /** What makes the keys, to be run one after the other; the index keys from these components. */
    List<Child.Spec> init(List<Path> components) throws IOException {
        // of a start that was cut short
        Files.deleteIfExists(site.keyFile(layout));
        Directories.delete(site.softHsm(layout));
        List<String> from = new ArrayList<>();
        components.forEach(component -> from.addAll(List.of("--component", component.toString())));
        makePin();
        if (CustodianToken.of(layout, site) == CustodianToken.FILE) {
            return List.of(spec("-init", "init", from));
        }
        return List.of(spec("-init-token", "init-token", List.of()), spec("-init", "init", from));
    }

    Child.Spec serve() throws IOException {
        return spec("", "serve", List.of());
    }

    /**
     * By which its receipts verify; asked once it serves.
     *
     * @throws StartFailedException when it cannot use its keys
     */
    byte[] receiptKey() {
        try (HttpsCustodian custodian = new HttpsCustodian(
                List.of(URI.create(site.url(addresses))),
                authority.keyStore("operator"),
                authority.trustStore(),
                authority.password())) {
            return custodian.status().receiptKey();
        } catch (KeysUnavailableException e) {
            throw new StartFailedException(
                    site.process() + " serves, and does not say by which key its receipts verify: " + e.getMessage()
                            + LogTail.introduced(layout.logs().resolve(site.process() + ".log"))
                            + "\nHINT: mend what it names, then ./dev up again (docs/runbooks/custodian-down.md)",
                    e);
        }
    }

    Child.Probe answers() {
        return Probes.listens(site.port(addresses));
    }

    CustodianSite site() {
        return site;
    }

    private Child.Spec spec(String suffix, String command, List<String> more) throws IOException {
        Files.createDirectories(directory());
        ObjectNode configuration = JsonMapper.shared().createObjectNode();
        configuration.put("id", site.id());
        configuration.put("host", "127.0.0.1");
        configuration.put("port", site.port(addresses));
        Map<String, String> environment = new LinkedHashMap<>();
        ObjectNode token = configuration.putObject("token");
        if (CustodianToken.of(layout, site) == CustodianToken.FILE) {
            token.put("keyFile", site.keyFile(layout).toString())
                    .put("passwordFile", pinFile().toString());
            if (!Files.exists(pinFile())) {
                // an earlier version kept it elsewhere
                makePin(credentials.get("custodian.token"));
            }
        } else {
            LocalSoftHsm hsm = softHsm();
            token.put("kind", "pkcs11")
                    .put("library", hsm.library().toString())
                    .put("label", LABEL)
                    .put("pinFile", pinFile().toString());
            environment.putAll(hsm.environment());
            if (command.equals("init-token")) {
                environment.put("DIPLOMATICS_CUSTODIAN_OFFICER_PIN", credentials.get(site.process() + ".officer"));
            }
        }
        configuration
                .putObject("tls")
                .put("keyStore", authority.keyStore(site.process()).toString())
                .put("trustStore", authority.trustStore().toString())
                .put("passwordFile", authority.passwordFile().toString());
        configuration.set("authorities", new DestructionAuthorities(layout).configuration());
        configuration.put("auditDirectory", directory().resolve("audit").toString());
        Path file = site.configuration(layout);
        Files.writeString(file, configuration.toString());
        for (String person : List.of("operator", "operator-2", "controller")) {
            writePerson(person);
        }
        List<String> arguments = new ArrayList<>(List.of(command, "--config", file.toString()));
        arguments.addAll(more);
        return new Child.Spec(
                site.process() + suffix,
                layout.application("key-custodian"),
                MAIN,
                HEAP_MEGABYTES,
                List.of("--enable-native-access=ALL-UNNAMED"),
                arguments,
                environment);
    }

    /** What makes one part of the index keys. */
    static Child.Spec component(Layout layout, String name, Path file) {
        return new Child.Spec(
                name,
                layout.application("key-custodian"),
                MAIN,
                HEAP_MEGABYTES,
                List.of(),
                List.of("component", "--out", file.toString()),
                Map.of());
    }

    private LocalSoftHsm softHsm() {
        return LocalSoftHsm.in(site.softHsm(layout))
                .orElseThrow(() -> new StartFailedException("the custodian's keys are in a token of SoftHSM2\nHINT: "
                        + LocalSoftHsm.MISSING + ", or ./dev reset and begin anew"));
    }

    private void makePin() throws IOException {
        Files.deleteIfExists(pinFile());
        makePin(Passwords.random());
    }

    private void makePin(String pin) throws IOException {
        Files.createDirectories(directory());
        Files.createFile(pinFile(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(pinFile(), pin);
    }

    /** With which this person asks the custodian on its command line. */
    private void writePerson(String name) throws IOException {
        ObjectNode person = JsonMapper.shared().createObjectNode();
        person.put("url", site.url(addresses));
        person.put("keyStore", authority.keyStore(name).toString());
        person.put("trustStore", authority.trustStore().toString());
        person.put("passwordFile", authority.passwordFile().toString());
        Path file = site.person(layout, name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, person.toString());
    }

    private Path pinFile() {
        return directory().resolve("token-pin");
    }

    private Path directory() {
        return site.directory(layout);
    }
}
