package eu.diplomatics.edge;

import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Somebody who asks over TLS, with or without a certificate, each time on a connection of its own. */
public final class TlsCaller {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final LocalAuthority trusted;
    private final @Nullable LocalAuthority own;
    private final String name;
    private final SSLParameters parameters = new SSLParameters();

    private boolean resuming;
    private @Nullable SSLContext kept;

    private TlsCaller(LocalAuthority trusted, @Nullable LocalAuthority own, String name) {
        this.trusted = trusted;
        this.own = own;
        this.name = name;
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }

    /** Without a certificate. */
    public static TlsCaller nobody(LocalAuthority trusted) {
        return new TlsCaller(trusted, null, "");
    }

    /** With the certificate that the authority's files have for this name when a question is asked. */
    public static TlsCaller with(LocalAuthority trusted, LocalAuthority own, String name) {
        return new TlsCaller(trusted, own, name);
    }

    /** What this caller shows. */
    public X509Certificate certificate() {
        LocalAuthority authority = Objects.requireNonNull(own);
        try {
            return (X509Certificate) load(authority.keyStore(name), authority).getCertificate(name);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From the second question on by the session of the first. */
    public TlsCaller resuming() {
        resuming = true;
        return this;
    }

    public TlsCaller speaking(String... protocols) {
        parameters.setProtocols(protocols);
        return this;
    }

    public TlsCaller by(String... cipherSuites) {
        parameters.setCipherSuites(cipherSuites);
        return this;
    }

    /** What came, and what it came by. */
    public record Reply(String text, String protocol, String cipherSuite, X509Certificate server) {
        public int status() {
            return Integer.parseInt(text.substring(9, 12));
        }
    }

    public Reply get(int port, String path, String... headers) throws IOException {
        return ask(port, "GET", path, "", headers);
    }

    /** @param headers names and values by turns */
    public Reply ask(int port, String method, String path, String body, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            request.append(headers[i] + ": " + headers[i + 1] + "\r\n");
        }
        request.append("\r\n").append(body);
        try (Socket plain = new Socket("127.0.0.1", port);
                SSLSocket socket =
                        (SSLSocket) context().getSocketFactory().createSocket(plain, "127.0.0.1", port, true)) {
            socket.setSSLParameters(parameters);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.startHandshake();
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
            String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!text.startsWith("HTTP/1.1 ")) {
                throw new IOException("the connection was closed without an answer");
            }
            return new Reply(
                    text, socket.getSession().getProtocol(), socket.getSession().getCipherSuite(), (X509Certificate)
                            socket.getSession().getPeerCertificates()[0]);
        }
    }

    private SSLContext context() throws IOException {
        if (kept != null) {
            return kept;
        }
        SSLContext context = fresh();
        if (resuming) {
            kept = context;
        }
        return context;
    }

    private SSLContext fresh() throws IOException {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(load(trusted.trustStore(), trusted));
            KeyManager[] keys = {};
            if (own != null) {
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(load(own.keyStore(name), own), own.password());
                keys = factory.getKeyManagers();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyStore load(Path file, LocalAuthority authority) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, authority.password());
        }
        return store;
    }
}
