package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.custodian.CustodianApplication;
import eu.diplomatics.custodian.CustodianConfiguration;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.LocalSoftHsm;
import eu.diplomatics.local.Passwords;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.opentest4j.TestAbortedException;

/** A custodian as a process of its own, with its keys in a token of SoftHSM2 that can be taken away. */
final class SoftHsmCustodian implements AutoCloseable {
    private final Path directory;
    private final Path log;
    private final LocalSoftHsm hsm;
    private final LocalAuthority authority;
    private final List<HttpsCustodian> clients = new ArrayList<>();
    private final Process process;
    private final URI uri;

    private SoftHsmCustodian(Path directory, LocalSoftHsm hsm) throws IOException, InterruptedException {
        this.directory = directory;
        this.log = directory.resolve("log");
        this.hsm = hsm;
        this.authority = LocalAuthority.in(directory.resolve("tls"));
        Files.writeString(directory.resolve("pin"), Passwords.random());
        Files.writeString(directory.resolve("custodian.json"), """
                {"id": "hsm", "port": 0,
                 "token": {"kind": "pkcs11", "library": "%s", "label": "site-1", "pinFile": "pin"},
                 "tls": {"keyStore": "%s", "trustStore": "%s", "passwordFile": "%s"},
                 "auditDirectory": "audit"}""".formatted(
                hsm.library(), authority.keyStore("custodian"), authority.trustStore(), authority.passwordFile()));
        for (String command : List.of("init-token", "init")) {
            Process step = command(command)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            assertThat(step.waitFor()).as(said()).isZero();
        }
        process = command("serve").start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = String.valueOf(out.readLine());
        assertThat(line).as(said()).startsWith("READY ");
        uri = URI.create(line.substring("READY ".length()));
    }

    /** Without SoftHSM2 the test fails where everything is tested, and is left out, with the reason, elsewhere. */
    static SoftHsmCustodian start(Path directory) throws IOException, InterruptedException {
        var hsm = LocalSoftHsm.in(directory.resolve("hsm"));
        if (hsm.isEmpty() && Boolean.parseBoolean(System.getenv("CI"))) {
            throw new AssertionError(LocalSoftHsm.MISSING);
        }
        return new SoftHsmCustodian(directory, hsm.orElseThrow(() -> new TestAbortedException(LocalSoftHsm.MISSING)));
    }

    HttpsCustodian client(String service) {
        HttpsCustodian client = new HttpsCustodian(
                List.of(uri),
                authority.keyStore(service),
                authority.trustStore(),
                authority.password(),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10));
        clients.add(client);
        return client;
    }

    void takeTokenAway() throws IOException {
        hsm.takeAway();
    }

    void putTokenBack() throws IOException {
        hsm.putBack();
    }

    /** What the process wrote to its log. */
    String said() throws IOException {
        return Files.readString(log);
    }

    boolean runs() {
        return process.isAlive();
    }

    @Override
    public void close() throws InterruptedException {
        clients.forEach(HttpsCustodian::close);
        process.destroy();
        process.waitFor();
    }

    private ProcessBuilder command(String command) {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CustodianApplication.class.getName(),
                        command,
                        "--config",
                        directory.resolve("custodian.json").toString())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(hsm.environment());
        builder.environment().put(CustodianConfiguration.OFFICER_PIN, "security-officer");
        return builder;
    }
}
