package eu.diplomatics.registry;

import eu.diplomatics.custodian.Ceremony;
import eu.diplomatics.custodian.CustodianConfiguration;
import eu.diplomatics.custodian.CustodianServer;
import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A real custodian over mutual TLS in this JVM, which can be stopped and started again at its port. */
final class TestCustodian implements AutoCloseable {
    private final String id;
    private final LocalAuthority authority;
    private final Path directory;
    private final URI uri;
    private CustodianConfiguration.Authorities authorities = CustodianConfiguration.Authorities.NONE;
    private InstantSource clock = InstantSource.system();
    private String token = "keys";
    private @Nullable CustodianServer server;

    TestCustodian(Path directory) {
        this("test", directory, LocalAuthority.in(directory.resolve("tls")), List.of());
    }

    private TestCustodian(String id, Path directory, LocalAuthority authority, List<Path> components) {
        this.id = id;
        this.directory = directory;
        this.authority = authority;
        try {
            Files.writeString(directory.resolve("token-password"), "only for a test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (components.isEmpty()) {
            CustodianServer.initialise(configuration(0));
        } else {
            Ceremony.initialise(configuration(0), components);
        }
        CustodianServer first = CustodianServer.start(configuration(0));
        server = first;
        uri = first.uri();
    }

    /** A second site; this one gets a new token for it, with the index keys that both have. */
    TestCustodian second(Path place) {
        List<Path> components = Ceremony.components(place);
        stop();
        token = "shared";
        Ceremony.initialise(configuration(uri.getPort()), components);
        restart();
        return new TestCustodian("second", place, authority, components);
    }

    private CustodianConfiguration configuration(int port) {
        return new CustodianConfiguration(
                id,
                "127.0.0.1",
                port,
                new CustodianConfiguration.Token.File(
                        directory.resolve(token + ".p12"), directory.resolve("token-password")),
                new CustodianConfiguration.Tls(
                        authority.keyStore("custodian"), authority.trustStore(), authority.passwordFile()),
                directory.resolve("audit-" + token),
                CustodianConfiguration.defaultClients(),
                authorities);
    }

    /** From its next start on it goes by this clock. */
    void at(InstantSource otherClock) {
        clock = otherClock;
    }

    /** From its next start on it believes these signatures. */
    void believe(CustodianConfiguration.Authorities others) {
        authorities = others;
    }

    String id() {
        return id;
    }

    LocalAuthority authority() {
        return authority;
    }

    URI uri() {
        return uri;
    }

    void stop() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    void restart() {
        stop();
        server = CustodianServer.start(configuration(uri.getPort()), clock);
    }

    /** Answers again with a token that has other keys of the same names. */
    void restartWithAnotherToken() {
        stop();
        token = "other";
        CustodianServer.initialise(configuration(uri.getPort()));
        restart();
    }

    /** Answers again with the token that it had at first. */
    void restartWithItsOwnToken() {
        stop();
        token = "keys";
        restart();
    }

    /** The operators make the next version of the index key; the custodian is away for that moment. */
    void newHolderIndex() {
        stop();
        Ceremony.newHolderIndex(configuration(uri.getPort()));
        restart();
    }

    /** The same for the key by which rows of the access log are found. */
    void newAccessLogIndex() {
        stop();
        Ceremony.newAccessLogIndex(configuration(uri.getPort()));
        restart();
    }

    @Override
    public void close() {
        stop();
    }
}
