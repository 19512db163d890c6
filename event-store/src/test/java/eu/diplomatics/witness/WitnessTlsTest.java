package eu.diplomatics.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.tls.MutualTls;
import eu.diplomatics.witness.HttpWitness.Reply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R08, R25, ASVS 12.3.1: a witness elsewhere speaks TLS 1.3, with who shows a certificate of the authority it trusts. */
class WitnessTlsTest {
    /** What a witness answers to a note that is none: the connection was made. */
    private static final Reply READ = new Reply.Refused(400);

    @TempDir
    private Path directory;

    private LocalAuthority authority;
    private LocalAuthority strangers;
    private WitnessServer server;

    @BeforeEach
    void start() throws IOException {
        authority = LocalAuthority.in(directory.resolve("ours"), List.of("witness", "registry"));
        strangers = LocalAuthority.in(directory.resolve("strangers"), List.of("registry"));
        WitnessDirectory home = new WitnessDirectory(directory.resolve("witness"));
        home.init("controller.example");
        server = WitnessServer.start(
                Witness.open(home, InstantSource.system()), new InetSocketAddress("127.0.0.1", 0), shown("witness"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private SSLContext shown(String name) {
        return MutualTls.context(authority.keyStore(name), authority.trustStore(), authority.password());
    }

    private URI address(String scheme) {
        return URI.create(scheme + "://127.0.0.1:" + server.port() + "/");
    }

    private Reply ask(String scheme, SSLContext tls) throws IOException {
        try (HttpWitness witness = new HttpWitness(address(scheme), tls)) {
            return witness.add(0, List.of(), "no note".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void who_shows_a_certificate_of_the_authority_is_heard() throws IOException {
        assertThat(ask("https", shown("registry"))).isEqualTo(READ);
    }

    @Test
    void who_shows_none_or_one_of_another_authority_is_not() throws GeneralSecurityException, IOException {
        for (LocalAuthority shows : Arrays.asList(null, strangers)) {
            SSLContext tls = context(shows, authority);
            assertThatThrownBy(() -> ask("https", tls)).isInstanceOf(IOException.class);
        }
        assertThat(ask("https", context(authority, authority))).as("it goes on").isEqualTo(READ);
    }

    @Test
    void a_witness_with_a_certificate_of_another_authority_is_told_nothing()
            throws GeneralSecurityException, IOException {
        SSLContext tls = context(authority, strangers);
        assertThatThrownBy(() -> ask("https", tls)).isInstanceOf(SSLException.class);
    }

    @Test
    void nothing_older_and_nothing_in_clear_is_spoken() throws GeneralSecurityException, IOException {
        assertThatThrownBy(() -> ask("http", shown("registry"))).isInstanceOf(IOException.class);
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            try (SSLSocket socket = (SSLSocket)
                    context(authority, authority).getSocketFactory().createSocket("127.0.0.1", server.port())) {
                socket.setEnabledProtocols(new String[] {version});
                if (version.equals("TLSv1.3")) {
                    socket.startHandshake();
                } else {
                    assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://192.0.2.1/", "http://witness.example/", "ftp://127.0.0.1.example/"})
    void one_elsewhere_is_not_asked_in_clear(String address) {
        assertThatThrownBy(() -> new HttpWitness(URI.create(address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https");
    }

    @Test
    void half_a_configuration_is_refused() {
        assertThatThrownBy(() -> HttpWitness.at(address("https"), authority.keyStore("registry"), null, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("trust-store");
    }

    /** @param shows whose certificate of the registry is shown, if any */
    private static SSLContext context(@Nullable LocalAuthority shows, LocalAuthority trusted)
            throws GeneralSecurityException, IOException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(KeyStore.getInstance(trusted.trustStore().toFile(), trusted.password()));
        KeyManager[] keys = null;
        if (shows != null) {
            KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(KeyStore.getInstance(shows.keyStore("registry").toFile(), shows.password()), shows.password());
            keys = own.getKeyManagers();
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), null);
        return context;
    }
}
