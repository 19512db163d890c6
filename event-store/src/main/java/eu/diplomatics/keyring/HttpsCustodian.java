package eu.diplomatics.keyring;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.tls.MutualTls;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The custodian over HTTPS with mutual TLS 1.3. Of several endpoints the last good one is asked first, and the next at
 * once when it does not answer or is busy. Where nobody else is left to ask, an endpoint that says when to come back is
 * waited for, within the deadline of the call. A quota or a stop of this client is not evaded at another endpoint.
 *
 * <p>The custodian may have several sites, each with a token and so with epoch keys of its own; every endpoint belongs to
 * one. A key is wrapped once at each site, and any of them unwraps it: a {@link WrappedKey} is what one site made, or an
 * array with one of each. Index keys are the same at all sites, which is checked before an answer is used.
 */
public final class HttpsCustodian implements Custodian, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpsCustodian.class);
    private static final Base64.Encoder BASE64 = Base64.getEncoder();
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int PROBE_BYTES = 16;

    private final int sites;
    private final CustodianCalls calls;
    /** The site of an endpoint, once it wrapped or unwrapped something. */
    private final Map<URI, String> siteOf = new ConcurrentHashMap<>();

    private final IndexAgreement agreement;

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
        this(endpoints, 1, IndexProbes.inMemory(), keyStore, trustStore, storePassword, connectTimeout, answerTimeout);
    }

    /**
     * As the first, where at least {@code sites} different sites have to wrap a key before it is used, and index keys are
     * compared with what is kept.
     */
    public HttpsCustodian(
            List<URI> endpoints, int sites, IndexProbes probes, Path keyStore, Path trustStore, char[] storePassword) {
        this(
                endpoints,
                sites,
                probes,
                keyStore,
                trustStore,
                storePassword,
                Duration.ofSeconds(2),
                Duration.ofSeconds(10));
    }

    /** As the other, with time limits for connecting and for an answer. */
    public HttpsCustodian(
            List<URI> endpoints,
            int sites,
            IndexProbes probes,
            Path keyStore,
            Path trustStore,
            char[] storePassword,
            Duration connectTimeout,
            Duration answerTimeout) {
        if (sites < 1 || sites > endpoints.size()) {
            throw new IllegalArgumentException("the custodian has one site or more, each with an endpoint");
        }
        this.sites = sites;
        this.agreement = new IndexAgreement(
                probes,
                (endpoint, label, value) -> indexAt(endpoint, List.of(new IndexRequest(label, value)))
                        .getFirst());
        this.calls = new CustodianCalls(
                endpoints, MutualTls.context(keyStore, trustStore, storePassword), connectTimeout, answerTimeout);
    }

    @Override
    public WrappedKey wrap(SecretBytes key, byte[] context) {
        ObjectNode request = JSON.createObjectNode();
        request.put("key", BASE64.encodeToString(key.reveal()));
        request.put("context", BASE64.encodeToString(context));
        byte[] body = JSON.writeValueAsBytes(request);
        Map<String, JsonNode> wraps = new LinkedHashMap<>();
        KeysUnavailableException last = null;
        for (URI endpoint : calls.inOrder()) {
            if (wraps.size() >= sites) {
                break;
            }
            try {
                JsonNode wrapped = CustodianCalls.field(calls.ask(endpoint, "/v1/wrap", body), "wrapped");
                requireItUnwraps(endpoint, wrapped, key, context);
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

    /** What would not unwrap later would be the loss of all that stands under the key. */
    private void requireItUnwraps(URI endpoint, JsonNode wrapped, SecretBytes key, byte[] context) {
        try (SecretBytes again = unwrapAt(endpoint, wrapped, context)) {
            if (!MessageDigest.isEqual(again.reveal(), key.reveal())) {
                throw new KeysUnavailableException("the custodian wrapped another key than it was given");
            }
        }
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
        return calls.first(endpoint -> unwrapAt(endpoint, wraps, context));
    }

    private SecretBytes unwrapAt(URI endpoint, List<JsonNode> wraps, byte[] context) {
        KeyRefusedException refused = new KeyRefusedException("no site of the custodian has wrapped this key");
        for (JsonNode wrap : wraps) {
            // one that is known to be another's would be refused
            if (siteOf.getOrDefault(endpoint, siteOf(wrap)).equals(siteOf(wrap))) {
                try {
                    SecretBytes key = unwrapAt(endpoint, wrap, context);
                    siteOf.put(endpoint, siteOf(wrap));
                    return key;
                } catch (KeyRefusedException e) {
                    refused = e;
                }
            }
        }
        throw refused;
    }

    private SecretBytes unwrapAt(URI endpoint, JsonNode wrap, byte[] context) {
        ObjectNode request = JSON.createObjectNode();
        request.set("wrapped", wrap);
        request.put("context", BASE64.encodeToString(context));
        byte[] key = CustodianCalls.bytes(
                CustodianCalls.field(calls.once(endpoint, "/v1/unwrap", JSON.writeValueAsBytes(request)), "key"));
        try {
            if (key.length < 16 || key.length > 64) {
                throw new KeysUnavailableException("custodian gave an answer that is no key");
            }
            return SecretBytes.copyOf(key);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static String siteOf(JsonNode wrapped) {
        return wrapped.path("custodian").asString("");
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
        Set<String> labels = requests.stream().map(IndexRequest::keyLabel).collect(Collectors.toSet());
        return calls.first(endpoint -> {
            try {
                agreement.check(endpoint, labels, calls.inOrder());
                return indexAt(endpoint, requests);
            } catch (CustodianCalls.LimitReachedException | CustodianCalls.BusyException e) {
                throw e;
            } catch (KeysUnavailableException e) {
                // whoever answers there next may have another token
                agreement.forget(endpoint);
                throw e;
            }
        });
    }

    @Override
    public void requireIndexKey(String label) {
        agreement.requireEverywhere(label, calls.inOrder());
    }

    private List<byte[]> indexAt(URI endpoint, List<IndexRequest> requests) {
        ObjectNode request = JSON.createObjectNode();
        var items = request.putArray("items");
        for (IndexRequest item : requests) {
            items.addObject().put("key", item.keyLabel()).put("value", BASE64.encodeToString(item.value()));
        }
        JsonNode answer = calls.once(endpoint, "/v1/index", JSON.writeValueAsBytes(request));
        List<byte[]> values = new ArrayList<>(requests.size());
        CustodianCalls.field(answer, "values").forEach(value -> values.add(CustodianCalls.bytes(value)));
        if (values.size() != requests.size() || values.stream().anyMatch(value -> value.length != 32)) {
            throw new KeysUnavailableException("custodian gave another answer than asked for");
        }
        return values;
    }

    @Override
    public void checkReady() {
        calls.ask("/health/readiness", null);
    }

    /**
     * Whether every endpoint, not only the one that answers first, says that its keys are in hardware.
     *
     * @throws KeysUnavailableException when one does not answer, or does not say
     */
    public boolean isInHardware() {
        boolean all = true;
        for (URI endpoint : calls.inOrder()) {
            JsonNode hardware = CustodianCalls.field(calls.ask(endpoint, "/health/readiness", null), "hardware");
            all &= hardware.isBoolean() && hardware.booleanValue();
        }
        return all;
    }

    @Override
    public CustodianStatus status() {
        JsonNode answer = calls.ask("/v1/status", null);
        List<String> labels = new ArrayList<>();
        CustodianCalls.field(answer, "labels").forEach(label -> labels.add(label.asString()));
        return new CustodianStatus(
                CustodianCalls.field(answer, "custodian").asString(),
                CustodianCalls.field(answer, "token").asString(),
                CustodianCalls.field(answer, "hardware").asBoolean(),
                List.copyOf(labels),
                CustodianCalls.bytes(CustodianCalls.field(answer, "receiptKey")));
    }

    /**
     * Begins the lease that two operators granted for this order, at every endpoint where they did; from then on it unwraps
     * there. The same run may come again.
     *
     * @param order the text that they approved
     * @throws CustodianRefusalException {@code LEASE_NEEDED} or {@code LEASE_USED} when no endpoint grants it
     */
    public void beginLease(String order, UUID run) {
        KeysUnavailableException refused = new KeysUnavailableException("no endpoint of the custodian answers");
        boolean begun = false;
        for (URI endpoint : calls.inOrder()) {
            try {
                calls.ask(endpoint, "/v1/begin", lease(order, run));
                begun = true;
            } catch (KeysUnavailableException e) {
                // one site that says why not tells more than another that is away
                refused = refused instanceof CustodianRefusalException ? refused : e;
            }
        }
        if (!begun) {
            throw refused;
        }
    }

    /** Nothing is unwrapped under it any more; an endpoint that does not answer, or never began it, ends it at its time. */
    public void endLease(String order, UUID run) {
        for (URI endpoint : calls.inOrder()) {
            try {
                calls.ask(endpoint, "/v1/end", lease(order, run));
            } catch (KeysUnavailableException e) {
                LOG.info("the lease ends at {} by its own time: {}", endpoint.getHost(), e.getMessage());
            }
        }
    }

    private static byte[] lease(String order, UUID run) {
        return JSON.writeValueAsBytes(Map.of("statement", order, "run", run.toString()));
    }

    @Override
    public DestructionReceipt expire(String site, ExpireRequest expire) {
        KeysUnavailableException last = new KeysUnavailableException("no endpoint of site " + site + " answers");
        for (URI endpoint : calls.inOrder()) {
            boolean there = false;
            try {
                there = site.equals(siteAt(endpoint));
                if (there) {
                    return receipt(calls.ask(endpoint, "/v1/expire", JSON.writeValueAsBytes(body(expire))));
                }
            } catch (KeysUnavailableException e) {
                if (there && e instanceof CustodianRefusalException) {
                    throw e;
                }
                last = e;
            }
        }
        throw last;
    }

    /** Which site an endpoint belongs to shows in what it wraps. */
    private String siteAt(URI endpoint) {
        String known = siteOf.get(endpoint);
        if (known != null) {
            return known;
        }
        try (SecretBytes probe = SecretBytes.random(PROBE_BYTES)) {
            ObjectNode request = JSON.createObjectNode();
            request.put("key", BASE64.encodeToString(probe.reveal()));
            request.put("context", BASE64.encodeToString("site".getBytes(StandardCharsets.US_ASCII)));
            String site = siteOf(
                    CustodianCalls.field(calls.ask(endpoint, "/v1/wrap", JSON.writeValueAsBytes(request)), "wrapped"));
            siteOf.put(endpoint, site);
            return site;
        }
    }

    private static ObjectNode body(ExpireRequest expire) {
        ObjectNode request = JSON.createObjectNode();
        request.put("label", expire.label());
        signed(request.putObject("schedule"), expire.schedule());
        signed(request.putObject("generations"), expire.generations());
        signed(request.putObject("keyring"), expire.keyring());
        return request;
    }

    private static DestructionReceipt receipt(JsonNode answer) {
        JsonNode receipt = CustodianCalls.field(answer, "receipt");
        return new DestructionReceipt(
                CustodianCalls.field(receipt, "statement").asString(),
                CustodianCalls.bytes(CustodianCalls.field(receipt, "signature")));
    }

    private static void signed(ObjectNode into, SignedStatement signed) {
        into.put("statement", signed.statement()).put("signature", BASE64.encodeToString(signed.signature()));
    }

    @Override
    public void close() {
        calls.close();
    }
}
