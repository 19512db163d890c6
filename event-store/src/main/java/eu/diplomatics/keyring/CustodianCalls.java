package eu.diplomatics.keyring;

import java.io.IOException;
import java.net.ConnectException;
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
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests to the custodian's endpoints, JSON in both directions. */
final class CustodianCalls implements AutoCloseable {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
    private static final String STOPPED = "CLIENT_STOPPED";
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

    /** Asks one endpoint, and again where it says when to come back. */
    JsonNode ask(URI endpoint, String path, byte @Nullable [] body) {
        return first(() -> List.of(endpoint), each -> once(each, path, body));
    }

    /** Asks any endpoint, as {@link #first(Function)} does. */
    JsonNode ask(String path, byte @Nullable [] body) {
        return first(endpoint -> once(endpoint, path, body));
    }

    /**
     * The answer of the first endpoint that gives one, the last good one asked first; from then on that one is. Nobody
     * is waited for while there is another to ask; when none is left and one said when to come back, all are asked again
     * then, within a deadline. A limit of this client ends it: it holds for the client, not for the site, and what one
     * site no longer gives is not fetched from the next.
     *
     * @param call asks one endpoint, with {@link #once}
     * @throws KeyRefusedException when all answered and refused
     */
    <T> T first(Function<URI, T> call) {
        return first(this::inOrder, endpoint -> {
            T answer = call.apply(endpoint);
            preferred.set(endpoints.indexOf(endpoint));
            return answer;
        });
    }

    private static <T> T first(Supplier<List<URI>> order, Function<URI, T> call) {
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (true) {
            Round round = new Round();
            for (URI endpoint : order.get()) {
                try {
                    return call.apply(endpoint);
                } catch (LimitReachedException e) {
                    round.limited(e);
                    break;
                } catch (KeysUnavailableException e) {
                    round.failed(e);
                }
            }
            round.waitOrThrow(deadline);
        }
    }

    /** What all endpoints came to, asked one after another. */
    private static final class Round {
        private @Nullable KeysUnavailableException away;
        private @Nullable KeysUnavailableException refused;
        private @Nullable Duration comeBack;

        void limited(LimitReachedException e) {
            away = e;
            comeBack = e.comeBack;
        }

        void failed(KeysUnavailableException e) {
            if (e instanceof KeyRefusedException) {
                refused = e;
            } else {
                away = e;
                if (e instanceof BusyException busy && (comeBack == null || busy.comeBack.compareTo(comeBack) < 0)) {
                    comeBack = busy.comeBack;
                }
            }
        }

        /** Who is away may know better than who refused. */
        void waitOrThrow(long deadline) {
            Duration pause = comeBack;
            if (pause == null || System.nanoTime() + pause.toNanos() > deadline) {
                throw away != null ? away : Objects.requireNonNull(refused);
            }
            LockSupport.parkNanos(pause.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new KeysUnavailableException("interrupted while waiting for the custodian");
            }
        }
    }

    /** Too much at once for this endpoint. */
    static final class BusyException extends CustodianRefusalException {
        private static final long serialVersionUID = 1L;

        private final Duration comeBack;

        BusyException(String message, String code, Duration comeBack) {
            super(message, code);
            this.comeBack = comeBack;
        }
    }

    /** This client used up its quota, or an alarm stopped it. */
    static final class LimitReachedException extends CustodianRefusalException {
        private static final long serialVersionUID = 1L;

        /** Null when waiting does not help. */
        private final @Nullable Duration comeBack;

        LimitReachedException(String message, String code, @Nullable Duration comeBack) {
            super(message, code);
            this.comeBack = comeBack;
        }
    }

    /** One try at one endpoint; a second where a kept connection was closed at the other end. */
    JsonNode once(URI endpoint, String path, byte @Nullable [] body) {
        for (int attempt = 1; ; attempt++) {
            try {
                return answer(send(request(endpoint.resolve(path), body)));
            } catch (HttpTimeoutException | ConnectException e) {
                throw new KeysUnavailableException("custodian does not answer", e);
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
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
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
        OptionalLong retryAfter = response.headers().firstValueAsLong("Retry-After");
        return switch (response.statusCode()) {
            case 400, 404, 410, 413, 422 -> new KeyRefusedException(message, code);
            case 429 -> new LimitReachedException(message, code, pause(retryAfter.orElse(1)));
            case 403 ->
                code.equals(STOPPED)
                        ? new LimitReachedException(message, code, null)
                        : new CustodianRefusalException(message, code);
            case 503 ->
                retryAfter.isPresent()
                        ? new BusyException(message, code, pause(retryAfter.getAsLong()))
                        : new CustodianRefusalException(message, code);
            default -> new CustodianRefusalException(message, code);
        };
    }

    /** One that says that it is busy is not asked again at once, whatever else it says. */
    private static Duration pause(long seconds) {
        return seconds > 0 ? Duration.ofSeconds(seconds) : SHORTEST_PAUSE;
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
