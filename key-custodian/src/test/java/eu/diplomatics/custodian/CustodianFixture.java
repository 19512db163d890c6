package eu.diplomatics.custodian;

import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A custodian's files, and clients with and without certificates. */
final class CustodianFixture {
    static final JsonMapper JSON = JsonMapper.shared();
    final Path directory;
    final LocalAuthority authority;
    final CustodianConfiguration configuration;

    CustodianFixture(Path directory) {
        this(directory, CustodianConfiguration.defaultClients());
    }

    CustodianFixture(Path directory, Map<String, CustodianConfiguration.Client> clients) {
        this(directory, clients, new CustodianConfiguration.Token.File(keyFile(directory), tokenPassword(directory)));
    }

    CustodianFixture(
            Path directory, Map<String, CustodianConfiguration.Client> clients, CustodianConfiguration.Token token) {
        this(directory, clients, token, CustodianConfiguration.Authorities.NONE);
    }

    CustodianFixture(
            Path directory,
            Map<String, CustodianConfiguration.Client> clients,
            CustodianConfiguration.Token token,
            CustodianConfiguration.Authorities authorities) {
        this.directory = directory;
        this.authority = LocalAuthority.in(directory.resolve("tls"));
        this.configuration = new CustodianConfiguration(
                "test",
                "127.0.0.1",
                0,
                token,
                new CustodianConfiguration.Tls(
                        authority.keyStore("custodian"), authority.trustStore(), authority.passwordFile()),
                directory.resolve("audit"),
                clients,
                authorities);
    }

    CustodianFixture(
            Path directory,
            Map<String, CustodianConfiguration.Client> clients,
            CustodianConfiguration.Authorities authorities) {
        this(
                directory,
                clients,
                new CustodianConfiguration.Token.File(keyFile(directory), tokenPassword(directory)),
                authorities);
    }

    Path keyFile() {
        return keyFile(directory);
    }

    private static Path keyFile(Path directory) {
        return directory.resolve("keys.p12");
    }

    private static Path tokenPassword(Path directory) {
        try {
            return Files.writeString(directory.resolve("token-password"), "correct horse battery staple\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client with this service's certificate. */
    HttpClient client(String name) {
        return client(authority, authority, name);
    }

    /** A client that trusts one authority and shows a certificate of another, or none. */
    static HttpClient client(LocalAuthority trusted, LocalAuthority issuer, @Nullable String name) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(load(trusted.trustStore(), trusted.password()));
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            if (name == null) {
                context.init(null, trust.getTrustManagers(), null);
            } else {
                keys.init(load(issuer.keyStore(name), issuer.password()), issuer.password());
                context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            }
            return HttpClient.newBuilder()
                    .sslContext(context)
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client that speaks only TLS 1.2. */
    HttpClient oldClient(String name) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(load(authority.trustStore(), authority.password()));
            keys.init(load(authority.keyStore(name), authority.password()), authority.password());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            SSLParameters parameters = new SSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.2"});
            return HttpClient.newBuilder()
                    .sslContext(context)
                    .sslParameters(parameters)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static HttpResponse<String> post(HttpClient client, URI server, String path, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.resolve(path))
                        .header("Content-Type", "application/json")
                        .timeout(Duration.ofSeconds(10))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    static HttpResponse<String> get(HttpClient client, URI server, String path)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.resolve(path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    static String base64(byte... value) {
        return Base64.getEncoder().encodeToString(value);
    }

    static byte[] filled(int size, int with) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) with);
        return bytes;
    }

    static String code(HttpResponse<String> response) {
        return json(response).path("code").asString("");
    }

    static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    static String wrapBody(byte[] key, String context) {
        return JSON.createObjectNode()
                .put("key", base64(key))
                .put("context", base64(context.getBytes(StandardCharsets.UTF_8)))
                .toString();
    }

    static String unwrapBody(JsonNode wrapped, String context) {
        return JSON.createObjectNode()
                .put("context", base64(context.getBytes(StandardCharsets.UTF_8)))
                .set("wrapped", wrapped)
                .toString();
    }

    static String indexBody(String key, int count) {
        var body = JSON.createObjectNode();
        var items = body.putArray("items");
        for (int i = 0; i < count; i++) {
            items.addObject().put("key", key).put("value", base64(filled(32, i)));
        }
        return body.toString();
    }

    private static KeyStore load(Path file, char[] password) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        return store;
    }
}
