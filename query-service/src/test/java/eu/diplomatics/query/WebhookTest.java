package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.TestRegistry.Registered;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.StreamSupport;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R05, R28: notices are brought, signed, to agencies that do not ask, again until they take them. */
class WebhookTest {
    private QueryFixture fixture;
    private HttpsServer server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();

    private record Request(String signature, byte[] body) {
        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }
    }

    @BeforeEach
    void start() throws Exception {
        fixture = new QueryFixture();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(fixture.authority().keyStore("controller"))) {
            keys.load(in, fixture.authority().password());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, fixture.authority().password());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", this::take);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        fixture.close();
    }

    /** As the answers say, then 204. */
    private void take(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        requests.add(new Request(exchange.getRequestHeaders().getFirst("Notice-Signature"), body));
        Integer status = answers.poll();
        if (status != null && status == 302) {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
        }
        exchange.sendResponseHeaders(status == null ? 204 : status, -1);
        exchange.close();
    }

    private String[] settings(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "diplomatics.notices.webhooks[0].agency=VDAB",
                "diplomatics.notices.webhooks[0].url=https://localhost:"
                        + server.getAddress().getPort() + "/notices",
                "diplomatics.notices.signing.key-store=" + fixture.authority().keyStore("query"),
                "diplomatics.notices.signing.password="
                        + new String(fixture.authority().password()),
                "diplomatics.notices.trust.key-store=" + fixture.authority().trustStore(),
                "diplomatics.notices.trust.password="
                        + new String(fixture.authority().password()),
                "diplomatics.notices.patience=100ms"));
        settings.addAll(List.of(more));
        return settings.toArray(String[]::new);
    }

    private Registered received(RunningQuery query) {
        Insz insz = Deliveries.person();
        Registered registered = fixture.registry().register(insz);
        fixture.relay().publishAll();
        Deliveries.awaitProjected(query, fixture.store().head().position());
        assertThat(query.consult(insz.digits()).json().path("status").asString())
                .isEqualTo("FOUND");
        return registered;
    }

    private static JsonNode feed(RunningQuery query) {
        return query.get("/v1/notices", "X-Caller", "agency:VDAB").json();
    }

    @Test
    void theyAreBroughtAgainUntilTheyAreTakenAndSignedEachTimeAnew() throws Exception {
        answers.addAll(List.of(500, 302, 404));
        try (RunningQuery query = fixture.start(settings())) {
            Registered registered = received(query);
            fixture.registry().correct(registered.reference(), Examples.secondary());
            fixture.registry().annul(registered.reference());
            eventually().until(() -> feed(query).path("acknowledged").asLong() == 2);
            assertThat(feed(query).path("notices")).isEmpty();
            assertThat(requests).hasSizeGreaterThanOrEqualTo(4);
            Set<String> kinds = new HashSet<>();
            requests.forEach(request -> request.json()
                    .path("notices")
                    .forEach(notice -> kinds.add(notice.path("kind").asString())));
            assertThat(kinds).containsExactlyInAnyOrder("CORRECTED", "ANNULLED");

            JWKSet keys = JWKSet.parse(query.get("/v1/notices/keys", "X-Caller", "agency:VDAB")
                    .response()
                    .body());
            Set<Object> ids = new HashSet<>();
            for (Request request : requests) {
                JWSObject signed = JWSObject.parse(request.signature(), new Payload(request.body()));
                ECKey key = keys.getKeyByKeyId(signed.getHeader().getKeyID()).toECKey();
                assertThat(signed.verify(verifier(key))).isTrue();
                assertThat(signed.getHeader().getCustomParam("aud")).isEqualTo("VDAB");
                assertThat(Instant.ofEpochSecond(((Number) signed.getHeader().getCustomParam("iat")).longValue()))
                        .isBetween(Instant.now().minus(Duration.ofMinutes(10)), Instant.now());
                ids.add(signed.getHeader().getCustomParam("jti"));
                byte[] other = request.body().clone();
                other[other.length / 2] ^= 1;
                assertThat(JWSObject.parse(request.signature(), new Payload(other))
                                .verify(verifier(key)))
                        .isFalse();
            }
            assertThat(ids).hasSameSizeAs(requests);
            assertThat(keys.toString()).doesNotContain("\"d\"");
        }
    }

    private static ECDSAVerifier verifier(ECKey key) throws Exception {
        return new ECDSAVerifier(key.toECPublicKey(), Set.of("b64"));
    }

    @Test
    void whatWasNotTakenWhenTheServiceEndedIsBroughtByTheNext() {
        server.removeContext("/");
        long position;
        try (RunningQuery query = fixture.start(settings())) {
            Registered registered = received(query);
            position = fixture.registry().annul(registered.reference()).place().position();
            eventually()
                    .until(() -> query.bean(MeterRegistry.class)
                                    .get("diplomatics.notices.webhooks.failing")
                                    .gauge()
                                    .value()
                            == 1);
            assertThat(feed(query).path("acknowledged").asLong()).isZero();
        }
        server.createContext("/", this::take);
        try (RunningQuery query = fixture.start(settings())) {
            eventually().until(() -> feed(query).path("acknowledged").asLong() == 1);
            assertThat(StreamSupport.stream(
                                    requests.getFirst().json().path("notices").spliterator(), false)
                            .map(notice -> notice.path("position").asLong()))
                    .containsExactly(position);
        }
    }
}
