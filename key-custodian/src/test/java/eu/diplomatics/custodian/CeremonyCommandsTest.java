package eu.diplomatics.custodian;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CeremonyCommandsTest {
    @TempDir
    Path directory;

    private final CommandLine cli = new CommandLine(Map.of(CustodianConfiguration.TOKEN_PASSWORD, "secret-of-token"));

    @BeforeEach
    void sites() throws IOException {
        LocalAuthority.in(directory.resolve("tls"));
        for (String site : new String[] {"a", "b"}) {
            Files.writeString(directory.resolve(site + ".json"), """
                    {"id": "site-%s", "port": 0, "token": {"keyFile": "%s.p12"},
                     "tls": {"keyStore": "tls/custodian.p12", "trustStore": "tls/trust.p12",
                             "passwordFile": "tls/store-password"},
                     "auditDirectory": "audit-%s"}""".formatted(site, site, site));
        }
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command : new String[] {
            "serve",
            "init",
            "component",
            "create",
            "list",
            "verify-audit",
            "sign",
            "status",
            "rotate",
            "pending",
            "destroy",
            "approve",
            "revoke",
            "ticket",
            "lift",
            "receipt"
        }) {
            assertThat(cli.run(command, "--help")).as(command).isZero();
            assertThat(cli.out()).startsWith("usage: custodian " + command + " --");
            assertThat(cli.run("--help")).isZero();
            assertThat(cli.out()).contains("custodian " + command + " --");
            assertThat(cli.run(command)).as(command).isEqualTo(CustodianApplication.USAGE);
            assertThat(cli.err()).contains("HINT: custodian " + command + " --help");
        }
    }

    @Test
    void twoSitesHaveTheSameIndexKeysFromTheSameComponents() throws IOException {
        Path one = component("one");
        Path two = component("two");
        assertThat(Files.getPosixFilePermissions(one)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        for (String site : new String[] {"a", "b"}) {
            assertThat(cli.run("init", "--config", config(site), "--component", "" + one, "--component", "" + two))
                    .isZero();
        }
        assertThat(create("a", one, two)).isZero();
        String made = cli.out();
        assertThat(made).matches("made holder-index-2 check [0-9a-f]{8}\n");
        assertThat(create("b", two, one)).isZero();
        assertThat(cli.out()).as("in whatever order").isEqualTo(made);
        cli.run("list", "--config", config("a"));
        String keys = cli.out();
        assertThat(keys.lines().map(line -> line.split(" ")[0]))
                .containsExactly("access-log-index", "holder-index", "holder-index-2", "receipt-signing");
        cli.run("list", "--config", config("b"));
        assertThat(cli.out())
                .isEqualTo(keys)
                .doesNotContain(Files.readString(one).strip());
    }

    @Test
    void whoLacksOneComponentMakesOtherKeys() throws IOException {
        Path one = component("one");
        Path two = component("two");
        Path three = component("three");
        cli.run("init", "--config", config("a"));
        cli.run("init", "--config", config("b"));
        assertThat(create("a", one, two, three)).isZero();
        String made = cli.out();
        assertThat(create("b", one, two)).isZero();
        assertThat(cli.out()).isNotEqualTo(made);
    }

    @Test
    void aSingleComponentARepeatedOneAndNoneAtAllAreRefused() throws IOException {
        Path one = component("one");
        Path other = Files.copy(one, directory.resolve("same"));
        Path none = Files.writeString(directory.resolve("none"), "not a component");
        cli.run("init", "--config", config("a"));
        assertThat(create("a", one)).isEqualTo(CustodianApplication.CONFIGURATION);
        assertThat(create("a", one, other)).isEqualTo(CustodianApplication.CONFIGURATION);
        assertThat(create("a", one, none)).isEqualTo(CustodianApplication.CONFIGURATION);
        assertThat(cli.run("component", "--out", one.toString())).isEqualTo(CustodianApplication.CONFIGURATION);
        cli.run("list", "--config", config("a"));
        assertThat(cli.out()).doesNotContain("holder-index-2");
    }

    @Test
    void anOperatorAsksARunningCustodianWithTheirCertificate() throws IOException {
        cli.run("init", "--config", config("a"));
        Map<String, String> environment = Map.of(CustodianConfiguration.TOKEN_PASSWORD, "secret-of-token");
        String registry;
        String operator;
        try (CustodianServer server = CustodianServer.start(
                CustodianConfiguration.read(Path.of(config("a"))), InstantSource.system(), environment)) {
            operator = as("operator", server);
            registry = as("registry", server);
            assertThat(cli.run("rotate", "--as", operator, "--key", "holder-index", "--version", "2"))
                    .isZero();
            assertThat(cli.run("status", "--as", operator)).isZero();
            assertThat(cli.out()).contains("holder-index-2", "checkValues");
            assertThat(cli.run("verify-audit", "--config", config("a"))).isZero();
            String head = cli.out()
                    .lines()
                    .filter(line -> line.startsWith("head "))
                    .findFirst()
                    .orElseThrow()
                    .substring(5);
            assertThat(cli.out()).startsWith("OK ");
            assertThat(cli.run("verify-audit", "--config", config("a"), "--head", head))
                    .isZero();
            assertThat(cli.run("verify-audit", "--config", config("a"), "--head", "0".repeat(64)))
                    .isEqualTo(CustodianApplication.BROKEN);
            assertThat(cli.err()).contains("sealed-", " line ", "HINT: ");
            assertThat(cli.run("status", "--as", registry)).isEqualTo(CustodianApplication.REFUSED);
            assertThat(cli.err()).contains("VERB_NOT_ALLOWED", "HINT: ");
            assertThat(cli.run("list", "--config", config("a")))
                    .as("one process at a time")
                    .isEqualTo(CustodianApplication.TOKEN);
        }
        assertThat(cli.run("status", "--as", operator)).isEqualTo(CustodianApplication.UNREACHABLE);
    }

    private String as(String name, CustodianServer server) throws IOException {
        return Files.writeString(directory.resolve(name + ".json"), """
                        {"url": "%s", "keyStore": "tls/%s.p12", "trustStore": "tls/trust.p12",
                         "passwordFile": "tls/store-password"}""".formatted(server.uri(), name))
                .toString();
    }

    private Path component(String name) {
        Path file = directory.resolve(name);
        assertThat(cli.run("component", "--out", file.toString())).isZero();
        return file;
    }

    private int create(String site, Path... components) {
        var arguments = new ArrayList<>(List.of("create", "--config", config(site), "--index", "holder-index"));
        for (Path component : components) {
            arguments.addAll(List.of("--component", component.toString()));
        }
        return cli.run(arguments.toArray(String[]::new));
    }

    private String config(String site) {
        return directory.resolve(site + ".json").toString();
    }
}
