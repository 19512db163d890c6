package eu.diplomatics.keyring;

import eu.diplomatics.envelope.SecretBytes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The custodian over HTTPS with mutual TLS 1.3. Of several endpoints the last good one is asked first, the others when
 * it does not answer. Where it says when to come back, that is waited for, within the deadline of the call.
 *
 * <p>The custodian may have several sites, each with a token and so with epoch keys of its own; every endpoint belongs to
 * one. A key is wrapped once at each site, and any of them unwraps it: a {@link WrappedKey} is what one site made, or an
 * array with one of each.
 */
public final class HttpsCustodian implements Custodian, AutoCloseable {
    private static final Base64.Encoder BASE64 = Base64.getEncoder();
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final List<URI> endpoints;
    private final int sites;
    private final Duration timeout;
    private final HttpClient client;
    /** The site of an endpoint, once it wrapped or unwrapped something. */
    private final Map<URI, String> siteOf = new ConcurrentHashMap<>();

    private final AtomicInteger preferred = new AtomicInteger();

    /**
     * @param endpoints one or more, such as {@code https://custodian:8443}
     * @param keyStore PKCS12 with this service's key and certificate
     * @param trustStore PKCS12 with the authority that signs the custodian's certificate
     * @param storePassword of both stores; copied, the caller may clear it
     * @throws IllegalArgumentException when a store cannot be read
     */
    public HttpsCustodian(List<URI> endpoints, Path keyStore, Path trustStore, char[] storePassword) {
        this(endpoints, keyStore, trustStore, storePassword, Duration.ofSeconds(2), Duration.ofSeconds(10));
    }

    /** As the other, with time limits for connecting and for an answer. */
    public HttpsCustodian(
            List<URI> endpoints,
            Path keyStore,
            Path trustStore,
            char[] storePassword,
            Duration connectTimeout,
            Duration answerTimeout) {
        this(endpoints, 1, keyStore, trustStore, storePassword, connectTimeout, answerTimeout);
    }

    /** As the first, where at least {@code sites} different sites have to wrap a key before it is used. */
    public HttpsCustodian(List<URI> endpoints, int sites, Path keyStore, Path trustStore, char[] storePassword) {
        this(endpoints, sites, keyStore, trustStore, storePassword, Duration.ofSeconds(2), Duration.ofSeconds(10));
    }

    private HttpsCustodian(
            List<URI> endpoints,
            int sites,
            Path keyStore,
            Path trustStore,
            char[] storePassword,
            Duration connectTimeout,
            Duration answerTimeout) {
        if (sites < 1 || sites > endpoints.size()) {
            throw new IllegalArgumentException("the custodian has one site or more, each with an endpoint");
        }
        this.sites = sites;
        if (endpoints.isEmpty() || endpoints.stream().anyMatch(uri -> !"https".equals(uri.getScheme()))) {
            throw new IllegalArgumentException("the custodian needs at least one endpoint, each https");
        }
        this.endpoints = List.copyOf(endpoints);
        this.timeout = answerTimeout;
        SSLParameters tls = new SSLParameters();
        tls.setProtocols(new String[] {"TLSv1.3"});
        this.client = HttpClient.newBuilder()
                .sslContext(CustodianTls.context(keyStore, trustStore, storePassword))
                .sslParameters(tls)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .build();
    }

    @Override
    public WrappedKey wrap(SecretBytes key, byte[] context) {
        ObjectNode request = JSON.createObjectNode();
        request.put("key", BASE64.encodeToString(key.reveal()));
        request.put("context", BASE64.encodeToString(context));
        byte[] body = JSON.writeValueAsBytes(request);
        Map<String, JsonNode> wraps = new LinkedHashMap<>();
        KeysUnavailableException last = null;
        for (URI endpoint : inOrder()) {
            if (wraps.size() >= sites) {
                break;
            }
            try {
                JsonNode wrapped = field(exchangeAt(endpoint, "/v1/wrap", body), "wrapped");
                siteOf.put(endpoint, siteOf(wrapped));
                wraps.putIfAbsent(siteOf(wrapped), wrapped);
            } catch (KeysUnavailableException e) {
                last = e;
            }
        }
        if (wraps.size() < sites) {
            throw last != null
                    ? last
                    : new KeysUnavailableException(
                            "the custodian's endpoints belong to " + wraps.size() + " of " + sites + " sites");
        }
        return new WrappedKey(
                wraps.size() == 1
                        ? wraps.values().iterator().next().toString()
                        : JSON.writeValueAsString(List.copyOf(wraps.values())));
    }

    @Override
    public SecretBytes unwrap(WrappedKey wrapped, byte[] context) {
        JsonNode json = JSON.readTree(wrapped.json());
        List<JsonNode> wraps = new ArrayList<>();
        if (json.isArray()) {
            json.forEach(wraps::add);
        } else {
            wraps.add(json);
        }
        KeysUnavailableException away = null;
        KeysUnavailableException refused = new KeyRefusedException("no site of the custodian has wrapped this key");
        for (URI endpoint : inOrder()) {
            for (JsonNode wrap : wraps) {
                // one that is known to be another's would be refused
                if (siteOf.getOrDefault(endpoint, siteOf(wrap)).equals(siteOf(wrap))) {
                    try {
                        SecretBytes key = unwrapAt(endpoint, wrap, context);
                        siteOf.put(endpoint, siteOf(wrap));
                        return key;
                    } catch (KeyRefusedException e) {
                        refused = e;
                    } catch (KeysUnavailableException e) {
                        away = e;
                    }
                }
            }
        }
        throw away != null ? away : refused;
    }

    private SecretBytes unwrapAt(URI endpoint, JsonNode wrap, byte[] context) {
        ObjectNode request = JSON.createObjectNode();
        request.set("wrapped", wrap);
        request.put("context", BASE64.encodeToString(context));
        byte[] key = bytes(field(exchangeAt(endpoint, "/v1/unwrap", JSON.writeValueAsBytes(request)), "key"));
        try {
            return SecretBytes.copyOf(key);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static String siteOf(JsonNode wrapped) {
        return wrapped.path("custodian").asString("");
    }

    private List<URI> inOrder() {
        List<URI> order = new ArrayList<>(endpoints);
        Collections.rotate(order, -preferred.get());
        return order;
    }

    /** One endpoint, twice: a kept connection may have been closed at the other end. */
    private JsonNode exchangeAt(URI endpoint, String path, byte[] body) {
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<byte[]> response = patientSend(endpoint.resolve(path), body);
                JsonNode answer = answer(response);
                preferred.set(endpoints.indexOf(endpoint));
                return answer;
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

    @Override
    public List<byte[]> index(List<IndexRequest> requests) {
        List<byte[]> values = new ArrayList<>(requests.size());
        for (int from = 0; from < requests.size(); from += MAX_INDEX_BATCH) {
            values.addAll(indexBatch(requests.subList(from, Math.min(requests.size(), from + MAX_INDEX_BATCH))));
        }
        return values;
    }

    private List<byte[]> indexBatch(List<IndexRequest> requests) {
        ObjectNode request = JSON.createObjectNode();
        var items = request.putArray("items");
        for (IndexRequest item : requests) {
            items.addObject().put("key", item.keyLabel()).put("value", BASE64.encodeToString(item.value()));
        }
        List<byte[]> values = new ArrayList<>(requests.size());
        field(post("/v1/index", request), "values").forEach(value -> values.add(bytes(value)));
        if (values.size() != requests.size() || values.stream().anyMatch(value -> value.length != 32)) {
            throw new KeysUnavailableException("custodian gave another answer than asked for");
        }
        return values;
    }

    @Override
    public void checkReady() {
        exchange("/health/readiness", null);
    }

    /**
     * Whether every endpoint, not only the one that answers first, says that its keys are in hardware.
     *
     * @throws KeysUnavailableException when one does not answer, or does not say
     */
    public boolean isInHardware() {
        boolean all = true;
        for (URI endpoint : endpoints) {
            try {
                JsonNode hardware = field(answer(patientSend(endpoint.resolve("/health/readiness"), null)), "hardware");
                all &= hardware.isBoolean() && hardware.booleanValue();
            } catch (IOException e) {
                throw new KeysUnavailableException("custodian does not answer", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KeysUnavailableException("interrupted while asking the custodian", e);
            }
        }
        return all;
    }

    @Override
    public CustodianStatus status() {
        JsonNode answer = exchange("/v1/status", null);
        List<String> labels = new ArrayList<>();
        field(answer, "labels").forEach(label -> labels.add(label.asString()));
        return new CustodianStatus(
                field(answer, "custodian").asString(),
                field(answer, "token").asString(),
                field(answer, "hardware").asBoolean(),
                List.copyOf(labels),
                bytes(field(answer, "receiptKey")));
    }

    @Override
    public DestructionReceipt expire(ExpireRequest expire) {
        ObjectNode request = JSON.createObjectNode();
        request.put("label", expire.label());
        signed(request.putObject("schedule"), expire.schedule());
        signed(request.putObject("generations"), expire.generations());
        signed(request.putObject("keyring"), expire.keyring());
        JsonNode receipt = field(post("/v1/expire", request), "receipt");
        return new DestructionReceipt(field(receipt, "statement").asString(), bytes(field(receipt, "signature")));
    }

    private static void signed(ObjectNode into, SignedStatement signed) {
        into.put("statement", signed.statement()).put("signature", BASE64.encodeToString(signed.signature()));
    }

    @Override
    public void close() {
        client.close();
    }

    private JsonNode post(String path, ObjectNode body) {
        return exchange(path, JSON.writeValueAsBytes(body));
    }

    private JsonNode exchange(String path, byte @Nullable [] body) {
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

    private static KeysUnavailableException refusal(HttpResponse<byte[]> response) {
        String code;
        try {
            code = JSON.readTree(response.body()).path("code").asString("no code");
        } catch (JacksonException e) {
            code = "no code";
        }
        String message = "custodian refused: " + response.statusCode() + " " + code;
        return switch (response.statusCode()) {
            case 400, 404, 410, 413, 422 -> new KeyRefusedException(message);
            default -> new KeysUnavailableException(message);
        };
    }

    private static JsonNode field(JsonNode answer, String name) {
        JsonNode field = answer.get(name);
        if (field == null) {
            throw new KeysUnavailableException("custodian gave an answer without " + name);
        }
        return field;
    }

    private static byte[] bytes(JsonNode node) {
        try {
            return Base64.getDecoder().decode(node.asString(""));
        } catch (IllegalArgumentException e) {
            throw new KeysUnavailableException("custodian gave an answer that is not base64");
        }
    }
}
