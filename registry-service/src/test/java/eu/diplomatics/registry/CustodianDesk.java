package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.custodian.Ceremony;
import eu.diplomatics.custodian.Ceremony.Typed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The operators and the controller at the command line of one site of the custodian, with the files they pass on. */
final class CustodianDesk {
    static final int REFUSED = 5;
    static final int AWAY = 6;

    private final TestCustodian site;
    private final Path directory;
    private final Path controllerKey;

    CustodianDesk(TestCustodian site, Path directory, Authorities authorities) throws IOException {
        this.site = site;
        this.directory = Files.createDirectory(directory.resolve("desk-" + site.id()));
        this.controllerKey = file("controller.pem");
        authorities.writeControllerKey(controllerKey);
        for (String who : List.of("operator", "operator-2", "controller")) {
            Files.writeString(file(who + ".json"), """
                    {"url": "%s", "keyStore": "%s", "trustStore": "%s", "passwordFile": "%s"}""".formatted(
                            site.uri(),
                            site.authority().keyStore(who),
                            site.authority().trustStore(),
                            site.authority().passwordFile()));
        }
    }

    TestCustodian site() {
        return site;
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /** The registry's answer goes into a file, and the controller signs what stands there. */
    void sign(String inventory) throws IOException {
        Files.writeString(file("registry.signed"), inventory);
        Typed signed =
                Ceremony.type("sign", "--key-file", controllerKey.toString(), "--statement", path("registry.signed"));
        assertThat(signed.status()).as(signed.err()).isZero();
        Files.writeString(file("controller.signed"), signed.out());
    }

    Typed show(String name, String... keys) {
        String[] words = new String[3 + 2 * keys.length];
        words[0] = "show";
        words[1] = "--file";
        words[2] = path(name);
        for (int i = 0; i < keys.length; i++) {
            words[3 + 2 * i] = "--key";
            words[4 + 2 * i] = keys[i];
        }
        return Ceremony.type(words);
    }

    /** What an operator reads beside {@code sha256}. */
    String hash(String name) {
        return show(name)
                .out()
                .lines()
                .filter(line -> line.startsWith("sha256 "))
                .findFirst()
                .orElseThrow()
                .substring("sha256 ".length());
    }

    Typed destroy() {
        return destroy("registry.signed", "controller.signed");
    }

    Typed destroy(String registry, String controller) {
        return Ceremony.type(
                "destroy", "--as", as("operator"), "--registry", path(registry), "--controller", path(controller));
    }

    Typed approve(String who, String label) {
        return Ceremony.type("approve", "--as", as(who), "--id", "destroy-" + label, "--hash", hash("registry.signed"));
    }

    Typed revoke(String who, String label) {
        return Ceremony.type("revoke", "--as", as(who), "--id", "destroy-" + label);
    }

    /** Prints it into a file. */
    Typed receipt(String label) throws IOException {
        Typed printed = Ceremony.type("receipt", "--as", as("controller"), "--key", label);
        Files.writeString(file("receipt"), printed.out());
        return printed;
    }

    /** By both operators; from when on the key can be destroyed. */
    Instant approved(String label) {
        assertThat(state(destroy())).isEqualTo("ASKED");
        for (String who : List.of("operator", "operator-2")) {
            Typed approved = approve(who, label);
            assertThat(approved.status()).as(approved.err()).isZero();
        }
        Typed held = destroy();
        assertThat(state(held)).isEqualTo("HELD");
        return Instant.parse(json(held).at("/pending/dueAt").asString());
    }

    String receiptKey() {
        return json(Ceremony.type("status", "--as", as("controller")))
                .path("receiptKey")
                .asString();
    }

    static String state(Typed typed) {
        assertThat(typed.status()).as(typed.err()).isZero();
        return json(typed).path("state").asString();
    }

    static JsonNode json(Typed typed) {
        return JsonMapper.shared().readTree(typed.out());
    }

    private String as(String who) {
        return path(who + ".json");
    }

    private String path(String name) {
        return file(name).toString();
    }
}
