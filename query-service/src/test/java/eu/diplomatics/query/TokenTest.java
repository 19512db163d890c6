package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import eu.diplomatics.access.FreshSignIn;
import eu.diplomatics.access.Part;
import eu.diplomatics.access.TestProvider;
import eu.diplomatics.query.RunningQuery.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** R07, R31: this service knows callers by bound access tokens, and by nothing else. */
class TokenTest {
    private static final String CONSULT = "/v1/consultations";
    private static final String SOMEBODY = "85610100147";

    private static final TestProvider provider = new TestProvider();
    private static final ECKey holder = TestProvider.newKey("holder");
    private static QueryFixture fixture;
    private static RunningQuery query;

    @BeforeAll
    static void start() {
        fixture = new QueryFixture();
        query = fixture.startWithTokensOf(provider);
    }

    @AfterAll
    static void stop() {
        query.close();
        fixture.close();
        provider.close();
    }

    private static Answer consult(String part, String party, String insz, String... more) {
        return consult(
                provider.token(TestProvider.claims(part, party, TestProvider.boundTo(holder), Instant.now())
                        .build()),
                insz,
                more);
    }

    private static Answer consult(String token) {
        return consult(token, SOMEBODY, new String[0]);
    }

    private static Answer consult(String token, String insz, String[] more) {
        String address = query.base() + CONSULT;
        return ask(
                insz,
                headers(
                        more,
                        "Authorization",
                        "DPoP " + token,
                        "DPoP",
                        TestProvider.proof(holder, "POST", address, token, Instant.now(), claims -> {})));
    }

    private static Answer ask(String insz, String... headers) {
        return query.post(
                CONSULT,
                "{\"insz\":\"" + insz + "\"}",
                headers(headers, "X-Purpose", "job-mediation", "X-Case", "1", "X-End-User", "u-1"));
    }

    private static String[] headers(String[] some, String... more) {
        List<String> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void an_agency_consults_with_its_token() {
        Answer answer = consult("agency-system", "VDAB", SOMEBODY);
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        assertThat(consult("case-worker", "VDAB", SOMEBODY).status()).isEqualTo(200);
    }

    @Test
    void a_citizen_asks_about_themselves_only() {
        assertThat(consult("citizen", SOMEBODY, SOMEBODY).status()).isEqualTo(200);
        assertThat(consult("citizen", "85610100246", SOMEBODY).code()).isEqualTo("NOT_ALLOWED");
    }

    @Test
    void the_header_of_the_profile_for_one_machine_is_refused_beside_a_token_too() {
        Answer alone = ask(SOMEBODY, "X-Caller", "agency:VDAB");
        assertThat(alone.status()).isEqualTo(401);
        assertThat(alone.code()).isEqualTo("UNAUTHENTICATED");
        assertThat(alone.json().path("detail").asString()).contains("X-Caller", "./dev token");
        assertThat(consult("agency-system", "VDAB", SOMEBODY, "X-Caller", "agency:VDAB")
                        .code())
                .isEqualTo("UNAUTHENTICATED");
    }

    /** ASVS 10.3.2. */
    @Test
    void a_token_for_reading_or_for_another_service_consults_nobody() {
        for (String scope : List.of("query.read", "registry")) {
            JWTClaimsSet claims = TestProvider.claims(
                            "agency-system", "VDAB", TestProvider.boundTo(holder), Instant.now())
                    .claim("scope", scope)
                    .build();
            Answer answer = consult(provider.token(claims));
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("INSUFFICIENT_SCOPE");
            assertThat(answer.header("WWW-Authenticate")).contains("insufficient_scope");
        }
    }

    @Test
    void an_unbound_token_is_refused_and_so_is_none() {
        String token = provider.token(TestProvider.claims("agency-system", "VDAB", Map.of(), Instant.now())
                .build());
        Answer unbound = ask(SOMEBODY, "Authorization", "Bearer " + token);
        assertThat(unbound.status()).isEqualTo(401);
        assertThat(unbound.code()).isEqualTo("TOKEN_UNBOUND");
        Answer none = ask(SOMEBODY);
        assertThat(none.code()).isEqualTo("UNAUTHENTICATED");
        assertThat(none.header("WWW-Authenticate")).contains("Bearer", "DPoP");
    }

    private static Answer of(String part, Duration ago, String method, String path, String body) {
        Instant now = Instant.now();
        String token = provider.token(TestProvider.claims(part, "office", TestProvider.boundTo(holder), now)
                .claim("auth_time", now.minus(ago).getEpochSecond())
                .build());
        return query.send(
                method,
                path,
                body,
                headers(
                        new String[] {"Content-Type", "application/json"},
                        "Authorization",
                        "DPoP " + token,
                        "DPoP",
                        TestProvider.proof(holder, method, query.base() + path, token, now, claims -> {}),
                        "X-Purpose",
                        "complaint",
                        "X-Case",
                        "1",
                        "X-End-User",
                        "u-1"));
    }

    /** RFC 9470, ASVS 6.8.4. Each request of the list is one of this service: another would be answered 404 or 405. */
    @Test
    void an_overseer_who_signed_in_twenty_minutes_ago_does_so_again_before_they_see_anything_of_somebody() {
        FreshSignIn.requests("query").forEach((request, parts) -> {
            assertThat(parts).contains(Part.CONTROLLER, Part.DPO);
            String method = request.substring(0, request.indexOf(' '));
            String path = request.substring(request.indexOf(' ') + 1).replaceAll("\\{[a-z]+}", "x");
            for (String part : List.of("controller", "dpo")) {
                Answer refused = of(part, Duration.ofMinutes(20), method, path, "{}");
                assertThat(refused.status()).as(request).isEqualTo(401);
                assertThat(refused.code()).isEqualTo("SIGN_IN_AGAIN");
                assertThat(refused.header("WWW-Authenticate"))
                        .isEqualTo("DPoP error=\"insufficient_user_authentication\", max_age=900");
                assertThat(of(part, Duration.ofMinutes(5), method, path, "{}").code())
                        .as("%s, freshly", request)
                        .isNotEqualTo("SIGN_IN_AGAIN");
            }
        });
    }

    @Test
    void a_case_worker_and_a_citizen_do_their_days_work_without_signing_in_anew() {
        String body = "{\"insz\":\"" + SOMEBODY + "\"}";
        for (String part : List.of("case-worker", "citizen")) {
            assertThat(of(part, Duration.ofHours(7), "POST", CONSULT, body).code())
                    .as(part)
                    .isNotEqualTo("SIGN_IN_AGAIN");
        }
    }

    /** R07: what the configuration says of strength and time. */
    @Test
    void how_fresh_and_how_strong_is_the_configurations_to_say() {
        try (RunningQuery strict = fixture.startWithTokensOf(
                provider, "diplomatics.identity.signed-in-freshly=2m", "diplomatics.identity.fresh-acr=high,highest")) {
            Instant now = Instant.now();
            String address = strict.base() + "/v1/access-log/search";
            String token = provider.token(TestProvider.claims("dpo", "office", TestProvider.boundTo(holder), now)
                    .build());
            Answer weak = strict.post(
                    "/v1/access-log/search",
                    "{}",
                    "Authorization",
                    "DPoP " + token,
                    "DPoP",
                    TestProvider.proof(holder, "POST", address, token, now, claims -> {}));
            assertThat(weak.code()).isEqualTo("SIGN_IN_AGAIN");
            assertThat(weak.header("WWW-Authenticate"))
                    .isEqualTo("DPoP error=\"insufficient_user_authentication\", max_age=120,"
                            + " acr_values=\"high highest\"");
        }
    }

    @Test
    void a_service_that_starts_while_the_provider_is_away_says_later() {
        try (TestProvider leaving = new TestProvider()) {
            leaving.goAway();
            try (RunningQuery cold = fixture.startWithTokensOf(leaving)) {
                String token = leaving.token(
                        TestProvider.claims("agency-system", "VDAB", TestProvider.boundTo(holder), Instant.now())
                                .build());
                Answer answer = cold.post(
                        CONSULT,
                        "{\"insz\":\"" + SOMEBODY + "\"}",
                        "Authorization",
                        "DPoP " + token,
                        "DPoP",
                        TestProvider.proof(holder, "POST", cold.base() + CONSULT, token, Instant.now(), claims -> {}));
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.code()).isEqualTo("IDENTITY_UNAVAILABLE");
                assertThat(answer.header("Retry-After")).isEqualTo("10");
            }
        }
    }
}
