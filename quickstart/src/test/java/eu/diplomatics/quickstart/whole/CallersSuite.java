package eu.diplomatics.quickstart.whole;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import eu.diplomatics.quickstart.caller.CallerKeys;
import eu.diplomatics.quickstart.caller.Callers;
import eu.diplomatics.quickstart.caller.ProviderCalls;
import eu.diplomatics.quickstart.caller.TokenDesk;
import eu.diplomatics.quickstart.canary.Canaries;
import eu.diplomatics.quickstart.demo.Demo;
import eu.diplomatics.quickstart.load.Loader;
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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * R07: the whole registry where callers show tokens of a provider; what works by the header works by them, and the header does
 * not. What is said here of a provider holds for each that the registry is run with.
 */
abstract class CallersSuite {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String BODY = "{\"insz\":\"85610100147\"}";

    private final HttpClient http = HttpClient.newHttpClient();

    abstract WholeRegistry registry();

    /** Whose tokens these are. */
    abstract String issuer();

    /** With the keys of the systems that it knows. */
    Path callerKeys() {
        return registry().layout().callerKeys();
    }

    private Callers callers;

    @BeforeEach
    void know() {
        callers = Callers.byTokens(issuer(), callerKeys());
    }

    private HttpResponse<String> consult(Map<String, String> who) throws IOException, InterruptedException {
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

    private String consultations() {
        return registry().addresses().queryUrl() + "/v1/consultations";
    }

    private Map<String, String> as(String caller) throws IOException, InterruptedException {
        return callers.headers(caller, "POST", URI.create(consultations()));
    }

    private static String code(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body()).path("code").asString("");
    }

    @Test
    void the_load_the_walk_and_the_canaries_go_through_by_tokens() throws IOException, InterruptedException {
        String url = registry().registryUrl();
        assertThat(new Loader(callers, url, line -> {}).load(100, 1).rejected()).isZero();
        new Canaries(callers).register(url);
        assertThat(Status.awaitProjected(registry().addresses(), LIMIT)).isTrue();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        boolean asExpected = new Demo(
                        callers,
                        new PrintStream(said, true, StandardCharsets.UTF_8),
                        url,
                        registry().addresses().queryUrl())
                .run();
        assertThat(asExpected).as(said.toString(StandardCharsets.UTF_8)).isTrue();
    }

    @Test
    void the_header_alone_is_refused_with_a_hint_by_both_services() throws IOException, InterruptedException {
        HttpResponse<String> consulted = consult(Map.of("X-Caller", "agency:vdab"));
        assertThat(consulted.statusCode()).isEqualTo(401);
        assertThat(consulted.body()).contains("./dev token");
        HttpResponse<String> registered = http.send(
                HttpRequest.newBuilder(URI.create(registry().registryUrl() + "/v1/qualifications"))
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

    /** RFC 9470, ASVS 6.8.4: so the commands that act as the controller are never asked to sign in again. */
    @Test
    void who_gets_a_token_anew_signed_in_anew() throws Exception {
        for (int i = 0; i < 2; i++) {
            Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            String token = Callers.byTokens(issuer(), callerKeys()).token("controller:led");
            assertThat(SignedJWT.parse(token)
                            .getJWTClaimsSet()
                            .getDateClaim("auth_time")
                            .toInstant())
                    .isAfterOrEqualTo(before);
        }
    }

    @Test
    void a_token_for_the_registry_does_nothing_at_the_query_service() throws IOException, InterruptedException {
        Callers narrow = Callers.byTokens(issuer(), callerKeys(), "registry");
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
        ProviderCalls provider = provider();
        Map<String, String> asking = Map.of("grant_type", "client_credentials", "scope", "query");
        String assertion = provider.assertion("agency-vdab");
        assertThat(provider.token("agency-vdab", assertion, true, asking)
                        .path("access_token")
                        .asString(""))
                .isNotEmpty();
        refuses("the same assertion again", provider.token("agency-vdab", assertion, true, asking));
        refuses(
                "a token bound to nothing",
                provider.token("agency-vdab", provider.assertion("agency-vdab"), false, asking));
        refuses(
                "the assertion of another",
                provider.token("supplier-kuleuven", provider.assertion("agency-vdab"), true, asking));
        refuses(
                "a password",
                provider.token(
                        "portal",
                        provider.assertion("portal"),
                        true,
                        Map.of("grant_type", "password", "username", "citizen:85610100147", "password", "x")));
        Map<String, String> signIn = Map.of(
                "response_type", "code",
                "redirect_uri", TokenDesk.RETURN,
                "scope", "openid query",
                "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                "code_challenge_method", "S256");
        assertThat(provider.push(signIn).path("request_uri").asString("")).isNotEmpty();
        refuses("the implicit grant", provider.push(with(signIn, "response_type", "token")));
        refuses("to send people elsewhere", provider.push(with(signIn, "redirect_uri", "http://127.0.0.1/elsewhere")));
        Map<String, String> open = new HashMap<>(signIn);
        open.keySet().removeIf(name -> name.startsWith("code_challenge"));
        refuses("no PKCE", provider.push(open));
        refuses("PKCE in clear", provider.push(with(signIn, "code_challenge_method", "plain")));
        assertThat(provider.asksToSignIn(with(signIn, "client_id", "portal")))
                .as("not pushed")
                .isFalse();
    }

    private static Map<String, String> with(Map<String, String> fields, String name, String value) {
        Map<String, String> changed = new HashMap<>(fields);
        changed.put(name, value);
        return changed;
    }

    private static void refuses(String what, JsonNode answer) {
        assertThat(error(answer)).as(what).isNotEmpty();
        assertThat(answer.has("access_token") || answer.has("request_uri"))
                .as(what)
                .isFalse();
    }

    ProviderCalls provider() {
        return new ProviderCalls(issuer(), new CallerKeys(callerKeys()));
    }

    @Test
    void a_refresh_token_is_good_once_and_used_again_it_ends_its_family() throws Exception {
        ProviderCalls provider = provider();
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

    static String error(JsonNode answer) {
        return answer.path("error").asString("");
    }
}
