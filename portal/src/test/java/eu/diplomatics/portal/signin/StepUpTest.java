package eu.diplomatics.portal.signin;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import com.sun.net.httpserver.HttpServer;
import eu.diplomatics.portal.PortalSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ByteArrayResource;

/** R07, ASVS 6.8.4: what a service asks of a sign-in (RFC 9470) is what the provider is asked for. */
class StepUpTest {
    private final AtomicReference<Map<String, List<String>>> pushed = new AtomicReference<>(Map.of());
    private HttpServer server;
    private Provider provider;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String issuer = "http://127.0.0.1:" + server.getAddress().getPort();
        answers("/.well-known/openid-configuration", 200, """
                {"issuer":"%1$s","authorization_endpoint":"%1$s/authorize","token_endpoint":"%1$s/token",\
                "pushed_authorization_request_endpoint":"%1$s/push","jwks_uri":"%1$s/keys",\
                "response_types_supported":["code"],"subject_types_supported":["public"],\
                "id_token_signing_alg_values_supported":["ES256"]}""".formatted(issuer));
        answers("/push", 201, "{\"request_uri\":\"urn:example:request\",\"expires_in\":60}");
        server.start();
        provider = new Provider(
                new PortalSettings.Provider(
                        issuer,
                        "portal",
                        new ByteArrayResource(new byte[0]),
                        List.of("query"),
                        List.of("substantial", "high"),
                        "part",
                        "party",
                        "delegation"),
                new ECKeyGenerator(Curve.P_256).keyID("portal").generate(),
                URI.create("https://diplomas.test/signed-in"),
                null,
                InstantSource.system());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answers(String path, int status, String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        server.createContext(path, exchange -> {
            pushed.set(URLUtils.parseParameters(
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @Test
    void a_challenge_is_read_as_far_as_it_says_something() {
        assertThat(StepUp.of("DPoP error=\"insufficient_user_authentication\", max_age=900"))
                .isEqualTo(new StepUp(900, List.of()));
        assertThat(StepUp.of("DPoP error=\"x\", max_age=60, acr_values=\"high highest\""))
                .isEqualTo(new StepUp(60, List.of("high", "highest")));
        assertThat(StepUp.of("Bearer acr_values=\"high\"")).isEqualTo(new StepUp(null, List.of("high")));
        for (String nothing : List.of("", "DPoP", "max_age=", "max_age=12345678901", "xmax_age=5", "acr_values=\"\"")) {
            assertThat(StepUp.of(nothing)).as(nothing).isEqualTo(new StepUp(null, List.of()));
        }
    }

    @Test
    void the_provider_is_asked_for_the_age_and_the_strength_that_the_service_wants() throws Exception {
        Begun begun = provider.begin(new StepUp(900, List.of("high")), "/access-log");
        assertThat(pushed.get())
                .containsEntry("max_age", List.of("900"))
                .containsEntry("acr_values", List.of("high"))
                .containsEntry("prompt", List.of("login"));
        assertThat(begun.acr()).as("no weaker way is accepted then").containsExactly("high");
        assertThat(begun.to()).isEqualTo("/access-log");
    }

    @Test
    void everybody_else_signs_in_as_the_configuration_says() throws IOException, ProviderException {
        Begun begun = provider.begin(null, null);
        assertThat(pushed.get())
                .containsEntry("acr_values", List.of("substantial high"))
                .containsEntry("prompt", List.of("login"))
                .doesNotContainKey("max_age");
        assertThat(begun.acr()).containsExactly("substantial", "high");
        assertThat(begun.to()).isNull();
        provider.begin(new StepUp(900, List.of()), null);
        assertThat(pushed.get()).containsEntry("acr_values", List.of("substantial high"));
    }
}
