package eu.diplomatics.custodian;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A person's connection to a running custodian, by the certificate that is theirs. */
final class OperatorClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final URI url;
    private final HttpClient client;

    private record Stated(
            String url,
            Path keyStore,
            Path trustStore,
            @Nullable Path passwordFile) {}

    /** The custodian said no. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String code;

        Refused(String code, String detail) {
            super("the custodian refused: " + code + ", " + detail);
            this.code = code;
        }

        String code() {
            return code;
        }
    }

    /** The custodian did not answer, or not as one does. */
    static final class Unreachable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unreachable(URI url, @Nullable Throwable cause) {
            super("the custodian at " + url + " does not answer", cause);
        }
    }

    private OperatorClient(URI url, HttpClient client) {
        this.url = url;
        this.client = client;
    }

    /**
     * @param file JSON {@code {url, keyStore, trustStore, passwordFile}}; relative paths start at its directory
     * @throws ConfigurationException when it cannot be used
     */
    static OperatorClient of(Path file, Map<String, String> environment) {
        Stated stated;
        try {
            stated = CustodianConfiguration.STRICT.readValue(
                    Files.readString(file, StandardCharsets.UTF_8), Stated.class);
        } catch (IOException e) {
            throw new ConfigurationException("file " + file + " cannot be read", "--as FILE names it", e);
        } catch (JacksonException e) {
            throw new ConfigurationException(
                    "file " + file + " is not as expected: " + e.getOriginalMessage(), "custodian --help shows one", e);
        }
        Path here = file.toAbsolutePath();
        var tls = new CustodianConfiguration.Tls(
                here.resolveSibling(stated.keyStore),
                here.resolveSibling(stated.trustStore),
                stated.passwordFile == null ? null : here.resolveSibling(stated.passwordFile));
        URI url = URI.create(stated.url);
        if (!"https".equals(url.getScheme())) {
            throw new ConfigurationException("url in " + file + " is not https", "change url");
        }
        return new OperatorClient(
                url,
                HttpClient.newBuilder()
                        .sslContext(CustodianServer.tlsContext(tls, tls.password(environment)))
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(CONNECT)
                        .build());
    }

    JsonNode get(String path) {
        return send(HttpRequest.newBuilder(url.resolve(path)).GET());
    }

    JsonNode post(String path, Object body) {
        return send(HttpRequest.newBuilder(url.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Messages.JSON.writeValueAsBytes(body))));
    }

    private JsonNode send(HttpRequest.Builder request) {
        HttpResponse<byte[]> response;
        try {
            response = client.send(request.timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new Unreachable(url, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable(url, e);
        }
        JsonNode answer;
        try {
            answer = Messages.JSON.readTree(response.body());
        } catch (JacksonException e) {
            throw new Unreachable(url, e);
        }
        if (response.statusCode() != 200) {
            throw new Refused(
                    answer.path("code").asString("NO_CODE"),
                    answer.path("detail").asString("no detail"));
        }
        return answer;
    }

    @Override
    public void close() {
        client.close();
    }
}
