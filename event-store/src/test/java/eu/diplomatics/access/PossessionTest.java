package eu.diplomatics.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A token bound to a key (RFC 9449) is worth nothing without that key, and a proof is worth one request. */
class PossessionTest {
    private static final String ADDRESS = "https://diplomas.test/v1/qualifications";
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private static final TestProvider provider = new TestProvider();

    private final ECKey holder = TestProvider.newKey("holder");
    private final AtomicReference<Instant> time = new AtomicReference<>(NOW);
    private final AccessTokens tokens = tokens(1000);
    private final String token =
            provider.token(TestProvider.claims("institution-system", "kuleuven", TestProvider.boundTo(holder), NOW)
                    .build());

    @AfterAll
    static void stop() {
        provider.close();
    }

    private AccessTokens tokens(int proofs) {
        return new AccessTokens(
                provider.settings(Set.of("institution-system"), Set.of(), proofs), "registry", time::get);
    }

    private Admission admit(String... proofs) {
        return tokens.admit(
                new Presented("POST", URI.create(ADDRESS), List.of("DPoP " + token), List.of(proofs), null));
    }

    private String proof(Consumer<JWTClaimsSet.Builder> change) {
        return TestProvider.proof(holder, "POST", ADDRESS, token, time.get(), change);
    }

    private static Admission refused(Refusal refusal) {
        return new Admission.Refused(refusal);
    }

    @Test
    void with_a_proof_of_the_key_the_caller_is_known() {
        assertThat(admit(proof(claims -> {}))).isInstanceOf(Admission.Granted.class);
    }

    @Test
    void the_query_and_the_fragment_of_the_address_do_not_count_and_neither_do_case_and_the_usual_port() {
        for (String address :
                List.of(ADDRESS + "?a=b", ADDRESS + "#c", "HTTPS://Diplomas.TEST:443/v1/qualifications")) {
            assertThat(admit(proof(claims -> claims.claim("htu", address))))
                    .as(address)
                    .isInstanceOf(Admission.Granted.class);
        }
    }

    @Test
    void the_same_proof_again_is_refused_until_it_would_be_too_old_anyway() {
        String once = proof(claims -> {});
        assertThat(admit(once)).isInstanceOf(Admission.Granted.class);
        assertThat(admit(once)).isEqualTo(refused(Refusal.PROOF_REPLAYED));
        time.set(NOW.plusSeconds(59));
        assertThat(admit(once)).isEqualTo(refused(Refusal.PROOF_REPLAYED));
        time.set(NOW.plusSeconds(61));
        assertThat(admit(once)).isEqualTo(refused(Refusal.PROOF_INVALID));
    }

    @Test
    void a_proof_of_the_near_future_cannot_be_used_again_when_its_time_comes() {
        String early = proof(claims -> claims.issueTime(Date.from(NOW.plusSeconds(59))));
        assertThat(admit(early)).isInstanceOf(Admission.Granted.class);
        for (int seconds = 10; seconds <= 110; seconds += 10) {
            time.set(NOW.plusSeconds(seconds));
            admit(proof(claims -> {}));
            assertThat(admit(early)).as("after %s s", seconds).isEqualTo(refused(Refusal.PROOF_REPLAYED));
        }
    }

    @Test
    void a_proof_for_another_request_token_or_moment_is_refused() {
        List<Consumer<JWTClaimsSet.Builder>> changes = List.of(
                claims -> claims.claim("htm", "GET"),
                claims -> claims.claim("htm", "post"),
                claims -> claims.claim("htm", null),
                claims -> claims.claim("htu", "https://diplomas.test/v1/batches"),
                claims -> claims.claim("htu", "https://query.test/v1/qualifications"),
                claims -> claims.claim("htu", "http://diplomas.test/v1/qualifications"),
                claims -> claims.claim("htu", "https://diplomas.test:8443/v1/qualifications"),
                claims -> claims.claim("htu", "::"),
                claims -> claims.claim("htu", null),
                claims -> claims.claim("ath", TestProvider.digest("another token")),
                claims -> claims.claim("ath", null),
                claims -> claims.jwtID(null),
                claims -> claims.jwtID("x".repeat(300)),
                claims -> claims.issueTime(null),
                claims -> claims.issueTime(Date.from(NOW.minusSeconds(61))),
                claims -> claims.issueTime(Date.from(NOW.plusSeconds(61))));
        for (int i = 0; i < changes.size(); i++) {
            assertThat(admit(proof(changes.get(i)))).as("change %s", i).isEqualTo(refused(Refusal.PROOF_INVALID));
        }
    }

    @Test
    void no_proof_and_two_proofs_are_refused() {
        assertThat(admit()).isEqualTo(refused(Refusal.PROOF_INVALID));
        assertThat(admit(proof(claims -> {}), proof(claims -> {}))).isEqualTo(refused(Refusal.PROOF_INVALID));
        assertThat(admit("x")).isEqualTo(refused(Refusal.PROOF_INVALID));
    }

    @Test
    void a_proof_of_another_key_is_refused() {
        ECKey thief = TestProvider.newKey("holder");
        assertThat(admit(TestProvider.proof(thief, "POST", ADDRESS, token, NOW, claims -> {})))
                .isEqualTo(refused(Refusal.TOKEN_NOT_YOURS));
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .jwtID(UUID.randomUUID().toString())
                .claim("htm", "POST")
                .claim("htu", ADDRESS)
                .claim("ath", TestProvider.digest(token))
                .issueTime(Date.from(NOW))
                .build();
        assertThat(admit(TestProvider.signed(TestProvider.proofHeader(holder).build(), claims, thief)))
                .as("signed by another key than it names")
                .isEqualTo(refused(Refusal.PROOF_INVALID));
        assertThat(admit(TestProvider.signed(
                        TestProvider.proofHeader(holder)
                                .type(new JOSEObjectType("at+jwt"))
                                .build(),
                        claims,
                        holder)))
                .as("of another type")
                .isEqualTo(refused(Refusal.PROOF_INVALID));
    }

    @Test
    void a_proof_by_a_mac_is_refused() throws JOSEException {
        SignedJWT proof = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .type(new JOSEObjectType("dpop+jwt"))
                        .jwk(holder.toPublicJWK())
                        .build(),
                new JWTClaimsSet.Builder()
                        .jwtID("1")
                        .claim("htm", "POST")
                        .claim("htu", ADDRESS)
                        .claim("ath", TestProvider.digest(token))
                        .issueTime(Date.from(NOW))
                        .build());
        proof.sign(new MACSigner(holder.toECPublicKey().getEncoded()));
        assertThat(admit(proof.serialize())).isEqualTo(refused(Refusal.PROOF_INVALID));
    }

    @Test
    void a_token_bound_to_a_key_is_no_bearer_token() {
        assertThat(tokens.admit(new Presented(
                        "POST", URI.create(ADDRESS), List.of("Bearer " + token), List.of(proof(claims -> {})), null)))
                .isEqualTo(refused(Refusal.PROOF_INVALID));
    }

    @Test
    void when_no_more_proofs_can_be_remembered_none_is_accepted_until_there_is_room_again() {
        AccessTokens few = tokens(5);
        for (int i = 0; i < 5; i++) {
            assertThat(few.admit(fresh())).isInstanceOf(Admission.Granted.class);
        }
        assertThat(few.admit(fresh())).isInstanceOf(Admission.Undecided.class);
        time.set(NOW.plus(Duration.ofMinutes(4)));
        assertThat(few.admit(fresh())).isInstanceOf(Admission.Granted.class);
    }

    private Presented fresh() {
        return new Presented("POST", URI.create(ADDRESS), List.of("DPoP " + token), List.of(proof(claims -> {})), null);
    }
}
