package eu.diplomatics.backup.place;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks an S3 server: signed requests, answers of a bounded size within a bounded time, tried again where the server or the
 * network failed. Redirects are not followed: nothing that is signed goes anywhere else.
 */
final class S3Client implements AutoCloseable {
    private static final Set<Integer> TRIED_AGAIN = Set.of(408, 409, 429, 500, 502, 503, 504);
    private static final String EMPTY_SHA256 = SigV4.hex(SigV4.sha256().digest());

    private final S3Settings settings;
    private final S3Credentials credentials;
    private final InstantSource clock;
    private final HttpClient http;

    S3Client(S3Settings settings, InstantSource clock) throws IOException {
        this.settings = settings;
        this.credentials = S3Credentials.read(settings.credentials());
        this.clock = clock;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.timing().connect())
                .sslParameters(protocols());
        Path authorities = settings.authorities();
        if (authorities != null) {
            builder.sslContext(believing(authorities));
        }
        this.http = builder.build();
    }

    private static SSLParameters protocols() {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        return parameters;
    }

    private static SSLContext believing(Path authorities) throws IOException {
        try (InputStream in = Files.newInputStream(authorities)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int count = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + count++, each);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("no certificates in " + authorities, e);
        }
    }

    /** What is sent. */
    interface Body {
        Body NONE = new Body() {
            @Override
            public BodyPublisher publisher() {
                return BodyPublishers.noBody();
            }

            @Override
            public String sha256() {
                return EMPTY_SHA256;
            }

            @Override
            public long bytes() {
                return 0;
            }
        };

        BodyPublisher publisher() throws IOException;

        /** Hex. */
        String sha256();

        long bytes() throws IOException;
    }

    /**
     * @param key of an object; empty for the bucket itself
     * @param query neither names nor values encoded
     * @param headers by names in small letters
     * @param mostBytes of the answer's body
     */
    record Question(
            String method,
            String key,
            Map<String, String> query,
            Map<String, String> headers,
            Body body,
            long mostBytes) {}

    /** @param attempts how many it took: what the first of several did is not known */
    record Answer(int status, Map<String, String> headers, byte[] body, int attempts) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /** S3's code of an error, such as {@code AccessDenied}; empty where none is told. */
        String code() {
            return S3Xml.parse(body)
                    .filter(error -> error.name().equals("Error"))
                    .map(error -> error.text("Code"))
                    .filter(code -> code.matches("[A-Za-z]{1,64}"))
                    .orElse("");
        }
    }

    String name() {
        return settings.endpoint() + "/" + settings.bucket() + "/" + settings.prefix();
    }

    /**
     * The answer, whatever its status.
     *
     * @throws IOException when there was none after as many attempts as are allowed
     */
    Answer ask(Question question) throws IOException {
        Duration pause = settings.timing().pause();
        for (int attempt = 1; ; attempt++) {
            try {
                Answer answer = once(question, attempt);
                if (!TRIED_AGAIN.contains(answer.status())
                        || attempt >= settings.timing().attempts()) {
                    return answer;
                }
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                if (attempt >= settings.timing().attempts()) {
                    throw new IOException(
                            name() + " does not answer (" + e.getClass().getSimpleName() + ")", e);
                }
            }
            LockSupport.parkNanos(pause.toNanos());
            pause = pause.multipliedBy(2);
        }
    }

    private Answer once(Question question, int attempt) throws IOException {
        long bytes = Math.max(question.body().bytes(), question.method().equals("GET") ? question.mostBytes() : 0);
        Duration longest =
                settings.timing().answer().plusSeconds(bytes / settings.timing().slowest());
        CompletableFuture<HttpResponse<byte[]>> sent = http.sendAsync(
                request(question), BodyHandlers.limiting(BodyHandlers.ofByteArray(), question.mostBytes()));
        try {
            HttpResponse<byte[]> response = sent.get(longest.toMillis(), TimeUnit.MILLISECONDS);
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            response.headers().map().forEach((name, values) -> headers.put(name, values.getFirst()));
            return new Answer(response.statusCode(), headers, response.body(), attempt);
        } catch (TimeoutException e) {
            sent.cancel(true);
            throw new HttpTimeoutException("no whole answer within " + longest.toSeconds() + " s");
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException(e.getCause());
        }
    }

    private HttpRequest request(Question question) throws IOException {
        URI endpoint = settings.endpoint();
        boolean plainPort =
                endpoint.getPort() < 0 || endpoint.getPort() == ("https".equals(endpoint.getScheme()) ? 443 : 80);
        String host = (settings.pathStyle() ? "" : settings.bucket() + ".")
                + endpoint.getHost()
                + (plainPort ? "" : ":" + endpoint.getPort());
        String path = "/" + (settings.pathStyle() ? settings.bucket() + "/" : "") + SigV4.encode(question.key(), true);
        Instant now = clock.instant();
        SortedMap<String, String> query = new TreeMap<>(question.query());
        SortedMap<String, String> headers = new TreeMap<>(question.headers());
        headers.put("host", host);
        headers.put("x-amz-date", SigV4.stamp(now));
        headers.put("x-amz-content-sha256", question.body().sha256());
        String authorization = SigV4.authorization(
                credentials,
                settings.region(),
                now,
                new SigV4.Signed(
                        question.method(), path, query, headers, question.body().sha256()));
        String asked = query.isEmpty() ? "" : "?" + SigV4.query(query);
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(endpoint.getScheme() + "://" + host + path + asked))
                .method(question.method(), question.body().publisher())
                .header("Authorization", authorization);
        headers.remove("host"); // which the client sends by itself, the same
        headers.forEach(request::header);
        return request.build();
    }

    @Override
    public void close() {
        http.shutdownNow();
        credentials.secret().close();
    }
}
