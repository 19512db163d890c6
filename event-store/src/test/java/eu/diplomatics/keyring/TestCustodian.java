package eu.diplomatics.keyring;

import eu.diplomatics.custodian.CustodianConfiguration;
import eu.diplomatics.custodian.CustodianServer;
import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A real custodian over mutual TLS in this JVM, with its files in a directory of the test's. */
public final class TestCustodian implements AutoCloseable {
    private final Path directory;
    private final LocalAuthority authority;
    private final CustodianConfiguration configuration;
    private final InstantSource clock;
    private final List<HttpsCustodian> clients = new ArrayList<>();
    private @Nullable CustodianServer server;
    private URI uri;

    private TestCustodian(
            Path directory,
            Map<String, CustodianConfiguration.Client> clients,
            CustodianConfiguration.Authorities authorities,
            InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
        this.authority = LocalAuthority.in(directory.resolve("tls"));
        Path tokenPassword = directory.resolve("token-password");
        try {
            Files.writeString(tokenPassword, "only for this test", StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        configuration = new CustodianConfiguration(
                "test",
                "127.0.0.1",
                0,
                new CustodianConfiguration.Token.File(directory.resolve("keys.p12"), tokenPassword),
                new CustodianConfiguration.Tls(
                        authority.keyStore("custodian"), authority.trustStore(), authority.passwordFile()),
                directory.resolve("audit"),
                clients,
                authorities);
        CustodianServer.initialise(configuration);
        this.uri = startServer(0);
    }

    /** With new keys, the usual clients and generous quotas. */
    public static TestCustodian start(Path directory) {
        return start(directory, CustodianConfiguration.defaultClients(), InstantSource.system());
    }

    public static TestCustodian start(
            Path directory, Map<String, CustodianConfiguration.Client> clients, InstantSource clock) {
        return start(directory, clients, CustodianConfiguration.Authorities.NONE, clock);
    }

    /** As the other, believing these signatures. */
    public static TestCustodian start(
            Path directory,
            Map<String, CustodianConfiguration.Client> clients,
            CustodianConfiguration.Authorities authorities,
            InstantSource clock) {
        return new TestCustodian(directory, clients, authorities, clock);
    }

    public URI uri() {
        return uri;
    }

    /** Key and trust stores of all services. */
    public LocalAuthority authority() {
        return authority;
    }

    public CustodianConfiguration configuration() {
        return configuration;
    }

    /** What was written down so far, as JSON lines. */
    public String audit() {
        try (var files = Files.walk(directory.resolve("audit"), 1)) {
            StringBuilder lines = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                lines.append(Files.readString(file));
            }
            return lines.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client with the certificate of this service, asking here; closed with this. */
    public HttpsCustodian client(String service) {
        return client(service, List.of(uri));
    }

    /** As the other, asking at these addresses. */
    public HttpsCustodian client(String service, List<URI> endpoints) {
        HttpsCustodian client = new HttpsCustodian(
                endpoints,
                authority.keyStore(service),
                authority.trustStore(),
                authority.password(),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10));
        clients.add(client);
        return client;
    }

    /** Stops answering; the keys stay. */
    public void stop() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    /** Answers again, at another address. */
    public void restart() {
        stop();
        uri = startServer(0);
    }

    /** Answers again where it did before. */
    public void resume() {
        stop();
        uri = startServer(uri.getPort());
    }

    @Override
    public void close() {
        clients.forEach(HttpsCustodian::close);
        stop();
    }

    private URI startServer(int port) {
        CustodianConfiguration here = new CustodianConfiguration(
                configuration.id(),
                configuration.host(),
                port,
                configuration.token(),
                configuration.tls(),
                configuration.auditDirectory(),
                configuration.clients(),
                configuration.authorities());
        CustodianServer started = CustodianServer.start(here, clock);
        server = started;
        return started.uri();
    }
}
