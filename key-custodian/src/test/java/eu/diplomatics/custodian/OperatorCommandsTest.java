package eu.diplomatics.custodian;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The ceremony of a destruction as its people type it. */
class OperatorCommandsTest extends RunningCustodian {
    private static final String LABEL = "epoch-2026-11-22";
    private static final String ID = "destroy-" + LABEL;

    private final CommandLine cli = new CommandLine(Map.of());

    @BeforeEach
    void people() throws Exception {
        wrap("kek 1");
        clock.advance(Duration.ofDays(1));
        for (String name : new String[] {"operator", "operator-2", "controller"}) {
            Files.writeString(directory.resolve(name + ".json"), """
                    {"url": "%s", "keyStore": "tls/%s.p12", "trustStore": "tls/trust.p12",
                     "passwordFile": "tls/store-password"}""".formatted(server.uri(), name));
        }
        pem("controller.pem", signers.controller);
        pem("inventory.pem", signers.inventory);
        // as a person writes it: neither canonical nor signed
        Files.writeString(
                file("statement.json"),
                signers.inventory(clock.instant(), LABEL, 0).toPrettyString());
    }

    @Test
    void aKeyGoesFromTheInventoryToTheReceipt() throws Exception {
        sign();
        assertThat(destroy()).isZero();
        JsonNode asked = CustodianFixture.JSON.readTree(cli.out());
        assertThat(asked.get("state").asString()).isEqualTo("ASKED");
        String hash = asked.at("/pending/hash").asString();
        assertThat(approve("operator", hash)).isZero();
        assertThat(approve("operator", hash)).isEqualTo(CustodianApplication.REFUSED);
        assertThat(cli.err()).contains("SAME_OPERATOR", "HINT: ");
        assertThat(approve("operator-2", hash)).isZero();
        assertThat(cli.run("pending", "--as", as("controller"))).isZero();
        assertThat(cli.out()).contains(ID, "dueAt", hash);
        clock.advance(Approvals.HOLD);
        assertThat(destroy()).isZero();
        JsonNode done = CustodianFixture.JSON.readTree(cli.out());
        assertThat(cli.run("receipt", "--as", as("controller"), "--key", LABEL)).isZero();
        assertThat(CustodianFixture.JSON.readTree(cli.out())).isEqualTo(done.get("receipt"));
    }

    @Test
    void theControllerTakesItBack() throws Exception {
        sign();
        destroy();
        assertThat(cli.run("revoke", "--as", as("controller"), "--id", ID)).isZero();
        assertThat(cli.run("revoke", "--as", as("controller"), "--id", ID)).isEqualTo(CustodianApplication.REFUSED);
        assertThat(cli.err()).contains("PENDING_UNKNOWN");
        assertThat(cli.run("receipt", "--as", as("controller"), "--key", LABEL))
                .isEqualTo(CustodianApplication.REFUSED);
    }

    @Test
    void whatIsNoStatementOrNoKeyIsNotSigned() throws IOException {
        Files.writeString(file("statement.json"), "{\"type\": \"a cheque\"}");
        assertThat(cli.run("sign", "--key-file", path("controller.pem"), "--statement", path("statement.json")))
                .isEqualTo(CustodianApplication.CONFIGURATION);
        Files.writeString(file("controller.pem"), "secret but no key");
        signers.inventory(clock.instant(), LABEL, 0);
        assertThat(cli.run("sign", "--key-file", path("controller.pem"), "--statement", path("statement.json")))
                .isEqualTo(CustodianApplication.CONFIGURATION);
        assertThat(cli.err()).contains("HINT: ").doesNotContain("secret");
    }

    @Test
    void whoeverLooksSeesWhatAFileSaysAndWhoSignedIt() throws IOException {
        sign();
        assertThat(cli.run("show", "--file", path("registry.signed"), "--key", key(signers.inventory)))
                .isZero();
        assertThat(cli.out())
                .contains(LABEL, "keyring.kek", "sha256 ", "signed by ")
                .doesNotContain("NOT signed");
        assertThat(cli.run("show", "--file", path("registry.signed"), "--key", key(signers.controller)))
                .isEqualTo(CustodianApplication.FAILED);
        assertThat(cli.out()).contains("NOT signed by any key given");
        assertThat(cli.run("show", "--file", path("registry.signed"))).isZero();
        assertThat(cli.run("show", "--file", path("registry.signed"), "--key", "AAAA"))
                .isEqualTo(CustodianApplication.USAGE);
        assertThat(cli.run("show", "--file", path("controller.pem"))).isEqualTo(CustodianApplication.CONFIGURATION);
        assertThat(cli.run("show", "--file", path("statement.json"))).isEqualTo(CustodianApplication.CONFIGURATION);
        assertThat(cli.err()).contains("HINT: ");
    }

    private static String key(KeyPair pair) {
        return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    }

    private void sign() throws IOException {
        assertThat(cli.run("sign", "--key-file", path("inventory.pem"), "--statement", path("statement.json")))
                .isZero();
        Files.writeString(file("registry.signed"), cli.out());
        assertThat(cli.run("sign", "--key-file", path("controller.pem"), "--statement", path("registry.signed")))
                .isZero();
        Files.writeString(file("controller.signed"), cli.out());
    }

    private int destroy() {
        return cli.run(
                "destroy",
                "--as",
                as("operator"),
                "--registry",
                path("registry.signed"),
                "--controller",
                path("controller.signed"));
    }

    private int approve(String who, String hash) {
        return cli.run("approve", "--as", as(who), "--id", ID, "--hash", hash);
    }

    private void pem(String name, KeyPair pair) throws IOException {
        Files.writeString(
                file(name),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(pair.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
    }

    private String as(String name) {
        return path(name + ".json");
    }

    private String path(String name) {
        return file(name).toString();
    }

    private Path file(String name) {
        return directory.resolve(name);
    }
}
