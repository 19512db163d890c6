package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.ECKey;
import eu.diplomatics.access.FreshSignIn;
import eu.diplomatics.access.Part;
import eu.diplomatics.access.RoleMatrix;
import eu.diplomatics.access.TestProvider;
import eu.diplomatics.registry.Client.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** R07: this service knows callers by bound access tokens, and by nothing else. */
class TokenTest {
    private static final String ALL = "/v1/qualifications";

    private static final TestProvider provider = new TestProvider();
    private static final ECKey holder = TestProvider.newKey("holder");
    private static RegistryFixture registry;
    private static OpenApi api;

    @BeforeAll
    static void start() {
        registry = RegistryFixture.prepared().withTokensOf(provider).start();
        api = new OpenApi(registry.client());
    }

    @AfterAll
    static void stop() {
        registry.close();
        provider.close();
    }

    private static Client nobody() {
        return registry.client().as("");
    }

    private static String token(String part, String party, Map<String, Object> confirmation) {
        return provider.token(
                TestProvider.claims(part, party, confirmation, Instant.now()).build());
    }

    /** A client that proves its possession of the key for one request to this path. */
    private static Client proving(String method, String path, String token) {
        String address = "http://127.0.0.1:" + registry.port() + path;
        return nobody().with("Authorization", "DPoP " + token)
                .with("DPoP", TestProvider.proof(holder, method, address, token, Instant.now(), claims -> {}));
    }

    private static String system(String party) {
        return token("institution-system", party, TestProvider.boundTo(holder));
    }

    private static String registration() {
        return Samples.registration(Samples.reference(), Samples.insz(1));
    }

    @Test
    void an_institution_registers_with_its_token_and_only_it_annuls_what_it_registered() {
        Answer registered =
                api.check("POST", ALL, proving("POST", ALL, system("kuleuven")).post(ALL, registration()));
        assertThat(registered.status()).as(registered.text()).isEqualTo(201);
        String path = ALL + "/" + registered.json().path("reference").asString() + "/annulment";
        String why = "{\"reasonCode\": \"ISSUED_IN_ERROR\", \"reason\": \"a mistake\"}";
        assertThat(proving("POST", path, system("ugent")).post(path, why).code())
                .isEqualTo("UNKNOWN_REFERENCE");
        assertThat(proving("POST", path, system("kuleuven")).post(path, why).status())
                .isEqualTo(200);
    }

    @Test
    void the_header_of_the_profile_for_one_machine_is_refused_beside_a_token_too() {
        Answer alone = api.check("POST", ALL, registry.client().post(ALL, registration()));
        assertThat(alone.status()).isEqualTo(401);
        assertThat(alone.code()).isEqualTo("UNAUTHENTICATED");
        assertThat(alone.json().path("detail").asString()).contains("X-Caller", "./dev token");
        Answer beside = proving("POST", ALL, system("kuleuven"))
                .with("X-Caller", "supplier:kuleuven")
                .post(ALL, registration());
        assertThat(beside.code()).isEqualTo("UNAUTHENTICATED");
    }

    @Test
    void without_a_token_a_caller_is_told_what_to_show() {
        Answer answer = api.check("POST", ALL, nobody().post(ALL, registration()));
        assertThat(answer.code()).isEqualTo("UNAUTHENTICATED");
        assertThat(answer.header("WWW-Authenticate")).contains("Bearer", "DPoP", "ES256");
    }

    /** R31, ASVS 10.3.2. */
    @Test
    void a_token_for_reading_registers_nothing() {
        String token = provider.token(
                TestProvider.claims("institution-system", "kuleuven", TestProvider.boundTo(holder), Instant.now())
                        .claim("scope", "registry.read query")
                        .build());
        Answer refused = api.check("POST", ALL, proving("POST", ALL, token).post(ALL, registration()));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("INSUFFICIENT_SCOPE");
        assertThat(refused.header("WWW-Authenticate")).contains("insufficient_scope");
        String batch = "/v1/batches/" + UUID.randomUUID();
        assertThat(proving("GET", batch, token).get(batch).status()).isEqualTo(404);
    }

    @Test
    void an_unbound_token_a_bearer_with_a_bound_one_and_a_used_proof_are_refused_by_code() {
        Answer unbound = nobody().with("Authorization", "Bearer " + token("institution-system", "kuleuven", Map.of()))
                .post(ALL, registration());
        assertThat(unbound.status()).isEqualTo(401);
        assertThat(unbound.code()).isEqualTo("TOKEN_UNBOUND");
        assertThat(unbound.header("WWW-Authenticate")).contains("invalid_token");
        String token = system("kuleuven");
        assertThat(nobody().with("Authorization", "Bearer " + token)
                        .post(ALL, registration())
                        .code())
                .isEqualTo("PROOF_INVALID");
        Client once = proving("POST", ALL, token);
        assertThat(once.post(ALL, registration()).status()).isEqualTo(201);
        Answer again = once.post(ALL, registration());
        assertThat(again.code()).isEqualTo("PROOF_REPLAYED");
        assertThat(again.header("WWW-Authenticate")).contains("invalid_dpop_proof");
    }

    @Test
    void a_part_that_does_nothing_here_and_an_institution_nobody_knows_are_told_so() {
        for (String token : new String[] {
            token("agency-system", "vdab", TestProvider.boundTo(holder)),
            token("auditor", "rekenhof", TestProvider.boundTo(holder)),
            system("nobody")
        }) {
            Answer answer = api.check("POST", ALL, proving("POST", ALL, token).post(ALL, registration()));
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("NOT_ALLOWED");
        }
    }

    @Test
    void an_institution_that_the_controller_withdrew_is_told_so() {
        String path = "/v1/suppliers/hzs/withdrawal";
        String controller =
                provider.token(RoleMatrix.claims("controller", "office", TestProvider.boundTo(holder), Instant.now())
                        .build());
        Answer withdrawn = proving("POST", path, controller)
                .post(path, "{\"reasonCode\":\"CLOSED\",\"reason\":\"merged with another\"}");
        assertThat(withdrawn.status()).as(withdrawn.text()).isEqualTo(200);
        Answer answer =
                api.check("POST", ALL, proving("POST", ALL, system("hzs")).post(ALL, registration()));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("SUPPLIER_WITHDRAWN");
    }

    private static String controller(Duration ago) {
        Instant now = Instant.now();
        return provider.token(RoleMatrix.claims("controller", "office", TestProvider.boundTo(holder), now)
                .claim("auth_time", now.minus(ago).getEpochSecond())
                .build());
    }

    /** RFC 9470, ASVS 6.8.4. Each request of the list is one of this service: another would be answered 404 or 405. */
    @Test
    void for_what_weighs_much_somebody_who_signed_in_twenty_minutes_ago_does_so_again() {
        Map<String, Set<Part>> weighty = FreshSignIn.requests("registry");
        assertThat(weighty).containsKeys("POST /v1/shreddings", "PUT /v1/mandates/{agency}/{purpose}");
        weighty.keySet().forEach(request -> {
            String method = request.substring(0, request.indexOf(' '));
            String path = request.substring(request.indexOf(' ') + 1).replaceAll("\\{[a-z]+}", "x");
            Answer refused = proving(method, path, controller(Duration.ofMinutes(20)))
                    .with("Content-Type", "application/json")
                    .send(method, path, BodyPublishers.ofString("{}"));
            assertThat(refused.status()).as(request + refused.text()).isEqualTo(401);
            assertThat(refused.code()).isEqualTo("SIGN_IN_AGAIN");
            assertThat(refused.header("WWW-Authenticate"))
                    .isEqualTo("DPoP error=\"insufficient_user_authentication\", max_age=900");
            assertThat(proving(method, path, controller(Duration.ofMinutes(5)))
                            .with("Content-Type", "application/json")
                            .send(method, path, BodyPublishers.ofString("{}"))
                            .code())
                    .as("%s, freshly", request)
                    .isNotEqualTo("SIGN_IN_AGAIN");
        });
        String mandates = "/v1/mandates";
        assertThat(proving("GET", mandates, controller(Duration.ofMinutes(20)))
                        .get(mandates)
                        .status())
                .as("reading")
                .isEqualTo(200);
    }

    @Test
    void no_other_way_to_write_an_address_goes_round_it() {
        for (String path : List.of("/v1/%73hreddings", "/v1/shreddings;x=1", "/v1/./shreddings", "//v1/shreddings")) {
            Answer answer = proving("POST", path, controller(Duration.ofMinutes(20)))
                    .post(path, "{\"reason\":\"WRONG_RECORD\"}");
            assertThat(answer.status()).as(path).isGreaterThanOrEqualTo(400);
            assertThat(answer.status() == 401 || answer.status() == 404 || answer.status() == 400)
                    .as(path + " " + answer.status())
                    .isTrue();
        }
    }

    @Test
    void a_system_annuls_without_a_sign_in_that_could_grow_old() {
        String registered = proving("POST", ALL, system("kuleuven"))
                .post(ALL, registration())
                .json()
                .path("reference")
                .asString();
        String path = ALL + "/" + registered + "/annulment";
        String why = "{\"reasonCode\": \"ISSUED_IN_ERROR\", \"reason\": \"a mistake\"}";
        Instant now = Instant.now();
        String clerk =
                provider.token(TestProvider.claims("institution-clerk", "kuleuven", TestProvider.boundTo(holder), now)
                        .claim("auth_time", now.minus(Duration.ofMinutes(20)).getEpochSecond())
                        .build());
        assertThat(proving("POST", path, clerk).post(path, why).code()).isEqualTo("SIGN_IN_AGAIN");
        String machine =
                provider.token(TestProvider.claims("institution-system", "kuleuven", TestProvider.boundTo(holder), now)
                        .claim("auth_time", null)
                        .claim("acr", null)
                        .build());
        assertThat(proving("POST", path, machine).post(path, why).status()).isEqualTo(200);
    }

    @Test
    void what_everybody_may_know_needs_no_token() {
        assertThat(nobody().get("/v1/receipt-keys").status()).isEqualTo(200);
    }

    @Test
    void while_the_provider_is_away_a_service_that_knows_its_keys_goes_on_and_one_just_started_says_later() {
        assertThat(proving("POST", ALL, system("kuleuven"))
                        .post(ALL, registration())
                        .status())
                .isEqualTo(201);
        provider.goAway();
        try {
            assertThat(proving("POST", ALL, system("kuleuven"))
                            .post(ALL, registration())
                            .status())
                    .isEqualTo(201);
            registry.stop();
            registry.start();
            Answer answer = api.check(
                    "POST", ALL, proving("POST", ALL, system("kuleuven")).post(ALL, registration()));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("IDENTITY_UNAVAILABLE");
            assertThat(answer.header("Retry-After")).isEqualTo("10");
        } finally {
            provider.comeBack();
        }
        assertThat(proving("POST", ALL, system("kuleuven"))
                        .post(ALL, registration())
                        .status())
                .isEqualTo(201);
    }
}
