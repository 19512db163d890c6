package eu.diplomatics.quickstart.whole;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import eu.diplomatics.quickstart.caller.CallerKeys;
import eu.diplomatics.quickstart.caller.Callers;
import eu.diplomatics.quickstart.caller.ProviderCalls;
import eu.diplomatics.quickstart.canary.Canaries;
import eu.diplomatics.quickstart.demo.Demo;
import eu.diplomatics.quickstart.load.Loader;
import eu.diplomatics.quickstart.stack.Stack;
import eu.diplomatics.quickstart.stack.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R07: the whole registry where callers show tokens; what works by the header works by them, and the header does not. */
class CallersWithTokensIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String BODY = "{\"insz\":\"85610100147\"}";

    @TempDir
    private static Path home;

    private static WholeRegistry registry;
    private static Callers callers;
    private static final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        registry = new WholeRegistry(home.resolve("home"), true).start();
        callers = Stack.callers(registry.layout(), registry.addresses());
    }

    @AfterAll
    static void stop() throws IOException {
        registry.close();
    }

    private static HttpResponse<String> consult(Map<String, String> who) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(consultations()))
                .timeout(LIMIT)
                .header("X-Purpose", "job-matching")
                .header("X-Case", "1")
                .header("X-End-User", "u-1")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(BODY));
        who.forEach(request::header);
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static String consultations() {
        return registry.addresses().queryUrl() + "/v1/consultations";
    }

    private static Map<String, String> as(String caller) throws IOException, InterruptedException {
        return callers.headers(caller, "POST", URI.create(consultations()));
    }

    private static String code(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body()).path("code").asString("");
    }

    @Test
    void the_load_the_walk_and_the_canaries_go_through_by_tokens() throws IOException, InterruptedException {
        String url = registry.registryUrl();
        assertThat(new Loader(callers, url, line -> {}).load(100, 1).rejected()).isZero();
        new Canaries(callers).register(url);
        assertThat(Status.awaitProjected(registry.addresses(), LIMIT)).isTrue();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        boolean asExpected = new Demo(
                        callers,
                        new PrintStream(said, true, StandardCharsets.UTF_8),
                        url,
                        registry.addresses().queryUrl())
                .run();
        assertThat(asExpected).as(said.toString(StandardCharsets.UTF_8)).isTrue();
    }

    @Test
    void the_header_alone_is_refused_with_a_hint_by_both_services() throws IOException, InterruptedException {
        HttpResponse<String> consulted = consult(Map.of("X-Caller", "agency:vdab"));
        assertThat(consulted.statusCode()).isEqualTo(401);
        assertThat(consulted.body()).contains("./dev token");
        HttpResponse<String> registered = http.send(
                HttpRequest.newBuilder(URI.create(registry.registryUrl() + "/v1/qualifications"))
                        .header("X-Caller", "supplier:kuleuven")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(registered.statusCode()).isEqualTo(401);
    }

    @Test
    void people_sign_in_and_are_who_they_are() throws Exception {
        assertThat(consult(as("citizen:85610100147")).statusCode()).isEqualTo(200);
        assertThat(code(consult(as("citizen:85610100246")))).isEqualTo("NOT_ALLOWED");
        assertThat(consult(as("delegate:85610100246:85610100147")).statusCode())
                .as("a proxy of the person asked about")
                .isEqualTo(200);
        assertThat(code(consult(as("delegate:85610100147:85610100246")))).isEqualTo("NOT_ALLOWED");
        assertThat(consult(as("case-worker:vdab")).statusCode()).isEqualTo(200);
        assertThat(code(consult(as("auditor:rekenhof")))).isEqualTo("NOT_ALLOWED");
        Map<String, Object> claims = SignedJWT.parse(callers.token("case-worker:vdab"))
                .getJWTClaimsSet()
                .getClaims();
        assertThat(claims).containsEntry("acr", "substantial").containsKeys("auth_time", "cnf", "client_id");
    }

    @Test
    void a_token_for_the_registry_does_nothing_at_the_query_service() throws IOException, InterruptedException {
        Callers narrow = Callers.byTokens(
                registry.addresses().providerUrl(), registry.layout().callerKeys(), "registry");
        assertThat(code(consult(narrow.headers("agency:vdab", "POST", URI.create(consultations())))))
                .isEqualTo("TOKEN_INVALID");
    }

    @Test
    void a_request_that_was_overheard_is_refused() throws IOException, InterruptedException {
        Map<String, String> once = as("agency:vdab");
        assertThat(consult(once).statusCode()).isEqualTo(200);
        assertThat(code(consult(once))).isEqualTo("PROOF_REPLAYED");
        String token = Objects.requireNonNull(once.get("Authorization")).replace("DPoP", "Bearer");
        assertThat(code(consult(Map.of("Authorization", token)))).isEqualTo("PROOF_INVALID");
    }

    @Test
    void the_provider_refuses_what_it_must() throws Exception {
        ProviderCalls provider = new ProviderCalls(
                registry.addresses().providerUrl(),
                new CallerKeys(registry.layout().callerKeys()));
        String assertion = provider.assertion("agency-vdab");
        assertThat(provider.token("agency-vdab", assertion, true, Map.of("grant_type", "client_credentials"))
                        .path("access_token")
                        .asString(""))
                .isNotEmpty();
        assertThat(error(provider.token("agency-vdab", assertion, true, Map.of("grant_type", "client_credentials"))))
                .as("the same assertion again")
                .isEqualTo("invalid_client");
        assertThat(error(provider.token(
                        "agency-vdab",
                        provider.assertion("agency-vdab"),
                        false,
                        Map.of("grant_type", "client_credentials"))))
                .as("a token bound to nothing")
                .isEqualTo("invalid_dpop_proof");
        assertThat(error(provider.token(
                        "supplier-kuleuven",
                        provider.assertion("agency-vdab"),
                        true,
                        Map.of("grant_type", "client_credentials"))))
                .as("the assertion of another")
                .isEqualTo("invalid_client");
        assertThat(error(provider.token(
                        "portal",
                        provider.assertion("portal"),
                        true,
                        Map.of("grant_type", "password", "username", "citizen:85610100147", "password", "x"))))
                .isEqualTo("unsupported_grant_type");
        assertThat(provider.authorize("client_id=portal&response_type=token")).isEqualTo(400);
        assertThat(provider.authorize("client_id=portal&response_type=code&scope=query"))
                .as("not pushed")
                .isEqualTo(400);
    }

    @Test
    void a_refresh_token_is_good_once_and_used_again_it_ends_its_family() throws Exception {
        ProviderCalls provider = new ProviderCalls(
                registry.addresses().providerUrl(),
                new CallerKeys(registry.layout().callerKeys()));
        String first = provider.signIn("case-worker:vdab").path("refresh_token").asString("");
        String second = refresh(provider, first).path("refresh_token").asString("");
        assertThat(second).isNotEmpty().isNotEqualTo(first);
        assertThat(error(refresh(provider, first))).isEqualTo("invalid_grant");
        assertThat(error(refresh(provider, second))).as("of the same family").isEqualTo("invalid_grant");
    }

    private static JsonNode refresh(ProviderCalls provider, String token) throws IOException, InterruptedException {
        return provider.token(
                "portal",
                provider.assertion("portal"),
                true,
                Map.of("grant_type", "refresh_token", "refresh_token", token));
    }

    private static String error(JsonNode answer) {
        return answer.path("error").asString("");
    }
}
