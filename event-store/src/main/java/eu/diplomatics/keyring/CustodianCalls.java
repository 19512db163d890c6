package eu.diplomatics.keyring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests to the custodian's endpoints, JSON in both directions. */
final class CustodianCalls implements AutoCloseable {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final List<URI> endpoints;
    private final Duration timeout;
    private final HttpClient client;
    private final AtomicInteger preferred = new AtomicInteger();

    /**
     * @param endpoints one or more, https only
     * @param answerTimeout for a whole answer
     */
    CustodianCalls(List<URI> endpoints, SSLContext context, Duration connectTimeout, Duration answerTimeout) {
        if (endpoints.isEmpty() || endpoints.stream().anyMatch(uri -> !"https".equals(uri.getScheme()))) {
            throw new IllegalArgumentException("the custodian needs at least one endpoint, each https");
        }
        this.endpoints = List.copyOf(endpoints);
        this.timeout = answerTimeout;
        SSLParameters tls = new SSLParameters();
        tls.setProtocols(new String[] {"TLSv1.3"});
        this.client = HttpClient.newBuilder()
                .sslContext(context)
                .sslParameters(tls)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .build();
    }

    /** All endpoints, the last good one first. */
    List<URI> inOrder() {
        List<URI> order = new ArrayList<>(endpoints);
        Collections.rotate(order, -preferred.get());
        return order;
    }

    /** This one is asked first from now on. */
    void prefer(URI endpoint) {
        preferred.set(endpoints.indexOf(endpoint));
    }

    /** Asks one endpoint, twice: a kept connection may have been closed at the other end. */
    JsonNode ask(URI endpoint, String path, byte @Nullable [] body) {
        for (int attempt = 1; ; attempt++) {
            try {
                return answer(patientSend(endpoint.resolve(path), body));
            } catch (IOException e) {
                if (attempt == 2) {
                    throw new KeysUnavailableException("custodian does not answer", e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KeysUnavailableException("interrupted while asking the custodian", e);
            }
        }
    }

    /** Asks any endpoint: the last good one first, the others when it does not answer or has a fault. */
    JsonNode ask(String path, byte @Nullable [] body) {
        int first = preferred.get();
        KeysUnavailableException last = null;
        // one more than there are: a kept connection may have been closed at the other end
        for (int attempt = 0; attempt <= endpoints.size(); attempt++) {
            int endpoint = (first + attempt) % endpoints.size();
            try {
                HttpResponse<byte[]> response =
                        patientSend(endpoints.get(endpoint).resolve(path), body);
                if (response.statusCode() >= 500) {
                    last = refusal(response);
                    continue;
                }
                preferred.set(endpoint);
                return answer(response);
            } catch (IOException e) {
                last = new KeysUnavailableException("custodian does not answer", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KeysUnavailableException("interrupted while asking the custodian", e);
            }
        }
        throw Objects.requireNonNull(last);
    }

    /** Waits and asks again where the answer says when to come back: beyond the quota, or too busy. */
    private HttpResponse<byte[]> patientSend(URI uri, byte @Nullable [] body) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (true) {
            HttpResponse<byte[]> response = send(request(uri, body));
            OptionalLong retryAfter = response.headers().firstValueAsLong("Retry-After");
            if (response.statusCode() != 429 && (response.statusCode() != 503 || retryAfter.isEmpty())) {
                return response;
            }
            long wait = Duration.ofSeconds(retryAfter.orElse(1)).toNanos();
            if (System.nanoTime() + wait > deadline) {
                return response;
            }
            LockSupport.parkNanos(wait);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** The time limit is ours: the one of the JDK's request ends with the headers, and a body can freeze half-way. */
    private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
        var answer = client.sendAsync(request, BodyHandlers.ofByteArray());
        try {
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new HttpTimeoutException("no complete answer within " + timeout);
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private static HttpRequest request(URI uri, byte @Nullable [] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Accept", "application/json");
        return body == null
                ? request.GET().build()
                : request.header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(body))
                        .build();
    }

    private static JsonNode answer(HttpResponse<byte[]> response) {
        if (response.statusCode() != 200) {
            throw refusal(response);
        }
        try {
            return JSON.readTree(response.body());
        } catch (JacksonException e) {
            throw new KeysUnavailableException("custodian gave an answer that cannot be read");
        }
    }

    private static CustodianRefusalException refusal(HttpResponse<byte[]> response) {
        String code;
        try {
            code = JSON.readTree(response.body()).path("code").asString("no code");
        } catch (JacksonException e) {
            code = "no code";
        }
        String message = "custodian refused: " + response.statusCode() + " " + code;
        return switch (response.statusCode()) {
            case 400, 404, 410, 413, 422 -> new KeyRefusedException(message, code);
            default -> new CustodianRefusalException(message, code);
        };
    }

    static JsonNode field(JsonNode answer, String name) {
        JsonNode field = answer.get(name);
        if (field == null) {
            throw new KeysUnavailableException("custodian gave an answer without " + name);
        }
        return field;
    }

    static byte[] bytes(JsonNode node) {
        try {
            return Base64.getDecoder().decode(node.asString(""));
        } catch (IllegalArgumentException e) {
            throw new KeysUnavailableException("custodian gave an answer that is not base64");
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
