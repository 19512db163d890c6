package eu.diplomatics.custodian;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.LocalAuthority;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

// a custodian that serves where it should refuse would serve for ever
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class CustodianApplicationTest {
    private static final Map<String, String> PASSWORD =
            Map.of(CustodianConfiguration.TOKEN_PASSWORD, "secret-of-token");

    @TempDir
    Path directory;

    private LocalAuthority authority;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void certificates() throws IOException {
        authority = LocalAuthority.in(directory.resolve("tls"));
        write("");
    }

    @Test
    void explainsItself() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("custodian serve --config FILE", "exit status");
        assertThat(run("--version")).isZero();
        assertThat(run()).isEqualTo(CustodianApplication.USAGE);
        assertThat(run("explode")).isEqualTo(CustodianApplication.USAGE);
        assertThat(run("serve")).isEqualTo(CustodianApplication.USAGE);
        assertThat(run("serve", "--config", "a", "b")).isEqualTo(CustodianApplication.USAGE);
        assertHint();
    }

    @Test
    void makesItsKeysOnceAndNeverOverThoseThatAreThere() throws IOException {
        assertThat(init()).isZero();
        byte[] made = Files.readAllBytes(directory.resolve("keys.p12"));
        assertThat(init()).isEqualTo(CustodianApplication.TOKEN);
        assertThat(Files.readAllBytes(directory.resolve("keys.p12"))).isEqualTo(made);
        assertHint();
    }

    @Test
    void saysWhatIsWrongWithItsKeysAndStops() throws IOException {
        assertThat(serve()).as("no key file").isEqualTo(CustodianApplication.TOKEN);
        assertHint();
        init();
        assertThat(run(
                        Map.of(CustodianConfiguration.TOKEN_PASSWORD, "wrong"),
                        "serve",
                        "--config",
                        config().toString()))
                .as("wrong password")
                .isEqualTo(CustodianApplication.TOKEN);
        assertHint();
        Files.writeString(directory.resolve("keys.p12"), "garbage");
        assertThat(serve()).as("corrupt").isEqualTo(CustodianApplication.TOKEN);
        assertHint();
    }

    @Test
    void saysWhatIsWrongWithItsConfigurationAndStops() throws IOException {
        assertThat(run("serve", "--config", directory.resolve("none.json").toString()))
                .isEqualTo(CustodianApplication.CONFIGURATION);
        for (String more : List.of(
                ", \"surprise\": 1",
                ", \"id\": \"UPPER\"",
                ", \"port\": 70000",
                ", \"clients\": {\"registry\": {\"verbs\": []}}",
                ", \"clients\": {\"registry\": {\"verbs\": [\"RULE\"]}}",
                ", \"clients\": {\"registry\": {\"verbs\": [\"INDEX\"], \"indexBurst\": 10}}",
                ", \"token\": {\"keyFile\": \"again.p12\"}")) {
            write(more);
            assertThat(serve()).as(more).isEqualTo(CustodianApplication.CONFIGURATION);
            assertHint();
        }
        Files.writeString(config(), "{}");
        assertThat(serve()).isEqualTo(CustodianApplication.CONFIGURATION);
        write("");
        assertThat(run(Map.of(), "init", "--config", config().toString()))
                .as("no password")
                .isEqualTo(CustodianApplication.CONFIGURATION);
        assertHint();
    }

    @Test
    void saysWhatIsWrongWithItsPkcs11TokenAndStops() throws IOException {
        for (String token : List.of(
                "{\"kind\": \"tpm\", \"keyFile\": \"keys.p12\"}",
                "{\"kind\": \"file\"}",
                "{\"kind\": \"file\", \"keyFile\": \"keys.p12\", \"label\": \"custodian\"}",
                "{\"keyFile\": \"keys.p12\", \"hardware\": true}",
                "{\"kind\": \"pkcs11\", \"label\": \"custodian\"}",
                "{\"kind\": \"pkcs11\", \"library\": \"none.so\"}",
                "{\"kind\": \"pkcs11\", \"library\": \"none.so\", \"label\": \"custodian\", \"keyFile\": \"keys.p12\"}",
                "{\"kind\": \"pkcs11\", \"library\": \"none.so\", \"label\": \"custodian\", \"timeLimitMillis\": 0}",
                "{\"kind\": \"pkcs11\", \"library\": \"none.so\", \"label\": \"custodian\", \"pinFile\": \"none\"}")) {
            writeToken(token);
            assertThat(serve()).as(token).isEqualTo(CustodianApplication.CONFIGURATION);
            assertHint();
        }
        writeToken("{\"kind\": \"pkcs11\", \"library\": \"none.so\", \"label\": \"custodian\"}");
        for (String command : List.of("init", "serve")) {
            assertThat(run(command, "--config", config().toString())).isEqualTo(CustodianApplication.TOKEN);
            assertHint();
        }
    }

    @Test
    void saysWhenItsAddressIsTaken() throws IOException {
        init();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            write(", \"port\": " + taken.getLocalPort());
            assertThat(serve()).isEqualTo(CustodianApplication.CONFIGURATION);
            assertHint();
        }
    }

    @Test
    void answersWhereItsKeysAreOnly() throws IOException {
        init();
        for (String host : List.of("0.0.0.0", "::", "192.0.2.1")) {
            write(", \"host\": \"" + host + "\"");
            assertThat(serve()).as(host).isEqualTo(CustodianApplication.CONFIGURATION);
            assertHint();
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("one machine");
        }
        write(", \"host\": \"not a host\"");
        assertThat(serve()).isEqualTo(CustodianApplication.CONFIGURATION);
        assertHint();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("change host");
    }

    @Test
    void doesNotServeWithoutTheKeysItHasFromTheStart() {
        char[] password = "secret-of-token".toCharArray();
        var one = Map.of(KeyLabels.HOLDER_INDEX, Token.KeyKind.DIGEST);
        FileToken.create(directory.resolve("keys.p12"), password, one).close();
        assertThat(serve()).isEqualTo(CustodianApplication.TOKEN);
        assertHint();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("lacks a key");
    }

    @Test
    @Timeout(value = 90, unit = TimeUnit.SECONDS)
    void runsAsAProcessInASmallHeapAndStopsCleanWhenTold() throws Exception {
        init();
        write(", \"port\": 0");
        for (int round = 0; round < 2; round++) {
            Process process = start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                String ready = lines.readLine();
                assertThat(ready).as(this::log).startsWith("READY https://127.0.0.1:");
                URI uri = URI.create(ready.substring("READY ".length()));
                var client = CustodianFixture.client(authority, authority, "registry");
                for (int i = 0; i < 50; i++) {
                    assertThat(CustodianFixture.post(
                                            client, uri, "/v1/index", CustodianFixture.indexBody("holder-index", 2_000))
                                    .statusCode())
                            .isIn(200, 429);
                }
                assertThat(CustodianFixture.get(client, uri, "/health/readiness")
                                .statusCode())
                        .isEqualTo(200);
                process.destroy();
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                // 128 + SIGTERM: the JVM's own status after its shutdown hooks ran
                assertThat(process.exitValue()).isEqualTo(143);
            } finally {
                process.destroyForcibly();
            }
        }
        assertThat(log()).contains("NOT in a hardware security module").doesNotContain("secret-of-token");
        assertThat(log()).doesNotContain("ERROR");
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                CustodianApplication.class.getName(),
                "serve",
                "--config",
                config().toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()));
        builder.environment().putAll(PASSWORD);
        return builder.start();
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Path config() {
        return directory.resolve("custodian.json");
    }

    private void write(String more) throws IOException {
        write("{\"keyFile\": \"keys.p12\"}", more);
    }

    private void writeToken(String token) throws IOException {
        write(token, "");
    }

    private void write(String token, String more) throws IOException {
        Files.writeString(config(), """
                {"token": %s,
                 "tls": {"keyStore": "tls/custodian.p12", "trustStore": "tls/trust.p12",
                         "passwordFile": "tls/store-password"},
                 "auditDirectory": "audit" %s}""".formatted(token, more));
    }

    private int init() {
        return run("init", "--config", config().toString());
    }

    private int serve() {
        return run("serve", "--config", config().toString());
    }

    private int run(String... arguments) {
        return run(PASSWORD, arguments);
    }

    private int run(Map<String, String> environment, String... arguments) {
        out.reset();
        err.reset();
        return CustodianApplication.run(List.of(arguments), environment, stream(out), stream(err));
    }

    private void assertHint() {
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("error: ")
                .contains("\nHINT: ")
                .doesNotContain("secret-of-token")
                .doesNotContain("Exception");
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(2);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
