package eu.diplomatics.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.X509CertUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R07, abuse case 16: who calls is proven, or there is no answer. */
class AccessTokensTest {
    private static final URI ADDRESS = URI.create("https://diplomas.test/v1/qualifications");
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir
    private static Path directory;

    private static final TestProvider provider = new TestProvider();
    private static X509Certificate ours;
    private static X509Certificate another;

    private final AccessTokens tokens = tokens(provider, null, 1000);

    @BeforeAll
    static void start() throws IOException, GeneralSecurityException {
        LocalAuthority authority = LocalAuthority.in(directory.resolve("authority"), List.of("ours", "another"));
        ours = certificate(authority, "ours");
        another = certificate(authority, "another");
    }

    @AfterAll
    static void stop() {
        provider.close();
    }

    private static X509Certificate certificate(LocalAuthority authority, String name)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(authority.keyStore(name))) {
            store.load(in, authority.password());
        }
        return (X509Certificate) store.getCertificate(name);
    }

    private static AccessTokens tokens(TestProvider by, @Nullable Duration keysAtMost, int proofs) {
        return new AccessTokens(
                settings(by, Set.of("ES256"), keysAtMost, proofs), "registry", InstantSource.fixed(NOW));
    }

    private static IdentitySettings settings(
            TestProvider by, Set<String> algorithms, @Nullable Duration keysAtMost, int proofs) {
        return new IdentitySettings(
                List.of(new IdentitySettings.Issuer(
                        TestProvider.ISSUER,
                        URI.create(by.keysAddress()),
                        Set.of("institution-system", "case-worker", "citizen"),
                        algorithms,
                        Set.of("substantial", "high"),
                        null,
                        null,
                        null)),
                TestProvider.AUDIENCE,
                null,
                null,
                null,
                null,
                keysAtMost == null ? null : Duration.ofMillis(20),
                keysAtMost,
                null,
                null,
                null,
                proofs);
    }

    private static Map<String, Object> boundTo(X509Certificate certificate) {
        return Map.of(
                "x5t#S256", X509CertUtils.computeSHA256Thumbprint(certificate).toString());
    }

    private static JWTClaimsSet.Builder claims() {
        return TestProvider.claims("institution-system", "kuleuven", boundTo(ours), NOW);
    }

    private static Presented bearer(String token, @Nullable X509Certificate certificate) {
        return new Presented("POST", ADDRESS, List.of("Bearer " + token), List.of(), certificate);
    }

    private Admission with(JWTClaimsSet.Builder claims) {
        return tokens.admit(bearer(provider.token(claims.build()), ours));
    }

    private static Admission refused(Refusal refusal) {
        return new Admission.Refused(refusal);
    }

    @Test
    void whoever_calls_with_the_certificate_that_the_token_is_bound_to_is_known() {
        assertThat(with(claims())).isInstanceOfSatisfying(Admission.Granted.class, granted -> {
            assertThat(granted.bearer().part()).isEqualTo(Part.INSTITUTION_SYSTEM);
            assertThat(granted.bearer().party()).isEqualTo("kuleuven");
            assertThat(granted.bearer().scopes()).containsExactlyInAnyOrder("registry", "query");
            assertThat(granted.toString()).doesNotContain("kuleuven");
        });
    }

    @Test
    void without_a_token_nobody_is_known() {
        assertThat(tokens.admit(new Presented("GET", ADDRESS, List.of(), List.of(), ours)))
                .isEqualTo(refused(Refusal.UNAUTHENTICATED));
    }

    @Test
    void anything_else_in_the_header_is_refused() {
        String token = provider.token(claims().build());
        for (List<String> said : List.of(
                List.of("Basic dXNlcjpwYXNz"),
                List.of("Bearer"),
                List.of("Bearer  " + token),
                List.of("Bearer " + token + " x"),
                List.of("Bearer " + token, "Bearer " + token),
                List.of("Bearer " + "a".repeat(9000)),
                List.of("Bearer a.b.c"))) {
            assertThat(tokens.admit(new Presented("POST", ADDRESS, said, List.of(), ours)))
                    .as(said.getFirst()
                            .substring(0, Math.min(10, said.getFirst().length())))
                    .isEqualTo(refused(Refusal.TOKEN_INVALID));
        }
    }

    @Nested
    class A_token_that_was_forged {
        private final ECKey thief = TestProvider.newKey("provider-1");

        @Test
        void without_a_signature_is_refused() {
            assertThat(tokens.admit(bearer(new PlainJWT(claims().build()).serialize(), ours)))
                    .isEqualTo(refused(Refusal.TOKEN_INVALID));
        }

        @Test
        void with_a_mac_under_the_public_key_is_refused() throws JOSEException {
            byte[] known = provider.key().toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8);
            byte[] point = provider.key().toECPublicKey().getEncoded();
            for (byte[] secret : List.of(known, point)) {
                SignedJWT token = new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.HS256)
                                .type(new JOSEObjectType("at+jwt"))
                                .keyID("provider-1")
                                .build(),
                        claims().build());
                token.sign(new MACSigner(secret));
                assertThat(tokens.admit(bearer(token.serialize(), ours))).isEqualTo(refused(Refusal.TOKEN_INVALID));
            }
        }

        @Test
        void under_another_key_of_the_same_name_is_refused() {
            assertThat(tokens.admit(bearer(
                            TestProvider.signed(
                                    TestProvider.header("provider-1").build(), claims().build(), thief),
                            ours)))
                    .isEqualTo(refused(Refusal.TOKEN_INVALID));
        }

        @Test
        void that_brings_its_own_key_is_refused() {
            for (JWSHeader header : List.of(
                    TestProvider.header("provider-1").jwk(thief.toPublicJWK()).build(),
                    TestProvider.header("provider-1")
                            .jwkURL(URI.create("https://thief.test/keys"))
                            .build(),
                    TestProvider.header("provider-1")
                            .x509CertURL(URI.create("https://thief.test/certificate"))
                            .build())) {
                assertThat(tokens.admit(bearer(TestProvider.signed(header, claims().build(), thief), ours)))
                        .isEqualTo(refused(Refusal.TOKEN_INVALID));
                assertThat(tokens.admit(bearer(TestProvider.signed(header, claims().build(), provider.key()), ours)))
                        .as("not even one that is signed as it should be")
                        .isEqualTo(refused(Refusal.TOKEN_INVALID));
            }
        }

        @Test
        void with_a_key_name_that_is_a_path_or_a_statement_is_refused_and_the_provider_not_asked_for_each() {
            with(claims());
            int before = provider.timesAsked();
            for (String name : List.of("../../../../dev/null", "' OR '1'='1", "http://thief.test/", "\u0000", "x")) {
                assertThat(tokens.admit(bearer(
                                TestProvider.signed(TestProvider.header(name).build(), claims().build(), thief), ours)))
                        .isEqualTo(refused(Refusal.TOKEN_INVALID));
            }
            assertThat(provider.timesAsked() - before).isLessThanOrEqualTo(2);
        }

        @Test
        void with_a_claim_changed_afterwards_is_refused() {
            String[] parts = provider.token(claims().build()).split("\\.");
            String[] others = provider.token(
                            claims().claim("diplomatics_party", "ugent").build())
                    .split("\\.");
            assertThat(tokens.admit(bearer(parts[0] + "." + others[1] + "." + parts[2], ours)))
                    .isEqualTo(refused(Refusal.TOKEN_INVALID));
        }
    }

    @Nested
    class A_token_for_something_else {
        @Test
        void of_an_unknown_issuer_is_refused() {
            assertThat(with(claims().issuer("https://thief.test"))).isEqualTo(refused(Refusal.TOKEN_INVALID));
            assertThat(with(claims().issuer(null))).isEqualTo(refused(Refusal.TOKEN_INVALID));
        }

        @Test
        void for_another_service_is_refused() {
            assertThat(with(claims().audience("urn:other"))).isEqualTo(refused(Refusal.TOKEN_INVALID));
            assertThat(with(claims().audience(List.of()))).isEqualTo(refused(Refusal.TOKEN_INVALID));
        }

        @Test
        void of_another_type_or_of_none_is_refused() {
            for (String type : Arrays.asList("JWT", "dpop+jwt", "logout+jwt", null)) {
                JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(type == null ? null : new JOSEObjectType(type))
                        .keyID("provider-1")
                        .build();
                assertThat(tokens.admit(bearer(TestProvider.signed(header, claims().build(), provider.key()), ours)))
                        .as(type)
                        .isEqualTo(refused(Refusal.TOKEN_INVALID));
            }
        }

        @Test
        void of_a_part_that_its_provider_may_not_give_is_refused() {
            for (String part : List.of("controller", "supplier", "INSTITUTION-SYSTEM", "")) {
                assertThat(with(claims().claim("diplomatics_part", part)))
                        .as(part)
                        .isEqualTo(refused(Refusal.TOKEN_INVALID));
            }
        }

        @Test
        void for_nobody_or_a_party_that_is_no_id_is_refused() {
            assertThat(with(claims().claim("diplomatics_party", null))).isEqualTo(refused(Refusal.TOKEN_INVALID));
            assertThat(with(claims().claim("diplomatics_party", "a\nb"))).isEqualTo(refused(Refusal.TOKEN_INVALID));
            assertThat(with(claims().claim("diplomatics_party", 5))).isEqualTo(refused(Refusal.TOKEN_INVALID));
        }
    }

    @Nested
    class A_token_of_another_time {
        @Test
        void is_over() {
            assertThat(with(claims().expirationTime(Date.from(NOW.minusSeconds(60)))
                            .issueTime(Date.from(NOW.minusSeconds(300)))))
                    .isEqualTo(refused(Refusal.TOKEN_EXPIRED));
        }

        @Test
        void is_not_valid_yet() {
            assertThat(with(claims().notBeforeTime(Date.from(NOW.plusSeconds(60)))))
                    .isEqualTo(refused(Refusal.TOKEN_INVALID));
            assertThat(with(claims().issueTime(Date.from(NOW.plusSeconds(60)))))
                    .isEqualTo(refused(Refusal.TOKEN_INVALID));
        }

        @Test
        void never_ends_or_lives_too_long() {
            assertThat(with(claims().expirationTime(null))).isEqualTo(refused(Refusal.TOKEN_INVALID));
            assertThat(with(claims().expirationTime(Date.from(NOW.plusSeconds(3700)))))
                    .isEqualTo(refused(Refusal.TOKEN_INVALID));
        }
    }

    @Nested
    class A_token_that_was_found {
        @Test
        void is_refused_when_it_is_bound_to_nothing() {
            assertThat(with(claims().claim("cnf", null))).isEqualTo(refused(Refusal.TOKEN_UNBOUND));
            assertThat(with(claims().claim("cnf", Map.of()))).isEqualTo(refused(Refusal.TOKEN_UNBOUND));
            assertThat(with(claims().claim("cnf", Map.of("kid", "1")))).isEqualTo(refused(Refusal.TOKEN_UNBOUND));
        }

        @Test
        void is_refused_with_another_certificate_or_none() {
            String token = provider.token(claims().build());
            assertThat(tokens.admit(bearer(token, another))).isEqualTo(refused(Refusal.TOKEN_NOT_YOURS));
            assertThat(tokens.admit(bearer(token, null))).isEqualTo(refused(Refusal.TOKEN_NOT_YOURS));
        }
    }

    /** R31, ASVS 10.3.2. */
    @Nested
    class A_scope {
        private Admission asking(String method, @Nullable Object scope) {
            String token = provider.token(claims().claim("scope", scope).build());
            return tokens.admit(new Presented(method, ADDRESS, List.of("Bearer " + token), List.of(), ours));
        }

        @Test
        void allows_everything_by_the_services_name() {
            for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE")) {
                assertThat(asking(method, "query registry")).isInstanceOf(Admission.Granted.class);
                assertThat(asking(method, List.of("registry"))).isInstanceOf(Admission.Granted.class);
            }
        }

        @Test
        void of_reading_allows_no_more() {
            assertThat(asking("GET", "registry.read")).isInstanceOf(Admission.Granted.class);
            assertThat(asking("HEAD", "registry.read")).isInstanceOf(Admission.Granted.class);
            for (String method : List.of("POST", "PUT", "PATCH", "DELETE", "get")) {
                assertThat(asking(method, "registry.read query")).isEqualTo(refused(Refusal.INSUFFICIENT_SCOPE));
            }
        }

        @Test
        void of_another_service_allows_nothing_here() {
            for (Object scope : List.of("query", "query.read", "registry.write", "registryread", "REGISTRY", "")) {
                assertThat(asking("GET", scope)).as("%s", scope).isEqualTo(refused(Refusal.INSUFFICIENT_SCOPE));
            }
            assertThat(asking("GET", null)).isEqualTo(refused(Refusal.INSUFFICIENT_SCOPE));
        }

        @Test
        void has_the_name_that_the_configuration_gives_it() {
            IdentitySettings ours = settings(provider, Set.of("ES256"), null, 10);
            AccessTokens named = new AccessTokens(
                    new IdentitySettings(
                            ours.issuers(),
                            ours.audience(),
                            "eu/diplomas",
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null),
                    "registry",
                    InstantSource.fixed(NOW));
            assertThat(named.admit(bearer(provider.token(claims().build()), AccessTokensTest.ours)))
                    .isEqualTo(refused(Refusal.INSUFFICIENT_SCOPE));
            assertThat(named.admit(bearer(
                            provider.token(
                                    claims().claim("scope", "eu/diplomas").build()),
                            AccessTokensTest.ours)))
                    .isInstanceOf(Admission.Granted.class);
        }
    }

    /** R26. */
    @Nested
    class A_person {
        private Admission signedIn(@Nullable String acr, @Nullable Instant at) {
            return with(TestProvider.claims("case-worker", "vdab", boundTo(ours), NOW)
                    .claim("acr", acr)
                    .claim("auth_time", at == null ? null : at.getEpochSecond()));
        }

        @Test
        void who_signed_in_strongly_and_recently_is_known() {
            assertThat(signedIn("high", NOW.minus(Duration.ofHours(7)))).isInstanceOf(Admission.Granted.class);
        }

        @Test
        void who_signed_in_too_weakly_has_to_again() {
            assertThat(signedIn("low", NOW)).isEqualTo(refused(Refusal.SIGN_IN_AGAIN));
            assertThat(signedIn(null, NOW)).isEqualTo(refused(Refusal.SIGN_IN_AGAIN));
        }

        @Test
        void who_signed_in_too_long_ago_has_to_again() {
            assertThat(signedIn("high", NOW.minus(Duration.ofHours(9)))).isEqualTo(refused(Refusal.SIGN_IN_AGAIN));
            assertThat(signedIn("high", null)).isEqualTo(refused(Refusal.SIGN_IN_AGAIN));
        }
    }

    @Nested
    class While_the_provider_is_away {
        @Test
        void who_asked_it_before_goes_on_and_who_did_not_cannot_tell() {
            try (TestProvider leaving = new TestProvider()) {
                AccessTokens warm = tokens(leaving, Duration.ofHours(1), 10);
                AccessTokens cold = tokens(leaving, Duration.ofHours(1), 10);
                Presented presented = bearer(leaving.token(claims().build()), ours);
                assertThat(warm.admit(presented)).isInstanceOf(Admission.Granted.class);
                leaving.goAway();
                assertThat(warm.admit(presented)).isInstanceOf(Admission.Granted.class);
                assertThat(cold.admit(presented)).isInstanceOf(Admission.Undecided.class);
                leaving.comeBack();
                Awaitility.await()
                        .untilAsserted(() -> assertThat(cold.admit(presented)).isInstanceOf(Admission.Granted.class));
            }
        }

        @Test
        void its_keys_are_not_used_for_ever() {
            try (TestProvider leaving = new TestProvider()) {
                AccessTokens warm = tokens(leaving, Duration.ofMillis(200), 10);
                Presented presented = bearer(leaving.token(claims().build()), ours);
                assertThat(warm.admit(presented)).isInstanceOf(Admission.Granted.class);
                leaving.goAway();
                Awaitility.await()
                        .untilAsserted(() -> assertThat(warm.admit(presented)).isInstanceOf(Admission.Undecided.class));
            }
        }
    }

    @Test
    void a_configuration_that_would_trust_macs_no_audience_or_keys_in_clear_is_refused() {
        assertThatThrownBy(() -> new AccessTokens(
                        settings(provider, Set.of("HS256"), null, 10), "registry", InstantSource.fixed(NOW)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AccessTokens(
                        settings(provider, Set.of("none"), null, 10), "registry", InstantSource.fixed(NOW)))
                .isInstanceOf(IllegalArgumentException.class);
        IdentitySettings.Issuer issuer = Objects.requireNonNull(
                        settings(provider, Set.of("ES256"), null, 10).issuers())
                .getFirst();
        assertThatThrownBy(() -> new IdentitySettings(
                        List.of(issuer), null, null, null, null, null, null, null, null, null, null, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IdentitySettings.Issuer(
                        "x", URI.create("http://provider.example/keys"), Set.of(), null, null, null, null, null))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
