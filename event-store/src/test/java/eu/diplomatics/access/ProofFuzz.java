package eu.diplomatics.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Abuse case 16: a proof of possession (RFC 9449) is right for one request, or refused by a value; nothing is thrown. */
class ProofFuzz {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final URI ADDRESS = URI.create("https://diplomas.test/v1/qualifications");
    private static final String TOKEN = "some.access.token";
    private static final ECKey HOLDER = TestProvider.newKey("holder");

    /**
     * As it comes; and, where it has two lines, as header and claims that the holder signed. {@code $KEY} is the holder's
     * public key, {@code $TOKEN} the token's digest.
     */
    @FuzzTest
    void proof(byte[] body) throws JOSEException, ParseException {
        String text = new String(body, StandardCharsets.UTF_8);
        assertThat(isRight(text)).isFalse();
        String[] parts = text.split("\n", 2);
        if (parts.length == 2) {
            String proof = TokenFuzz.signed(
                    parts[0].replace("$KEY", HOLDER.toPublicJWK().toJSONString()),
                    parts[1].replace("$TOKEN", TestProvider.digest(TOKEN)),
                    HOLDER);
            if (isRight(proof)) {
                var claims = SignedJWT.parse(proof).getJWTClaimsSet();
                assertThat(claims.getStringClaim("htm")).isEqualTo("POST");
                assertThat(claims.getStringClaim("htu")).containsIgnoringCase("diplomas.test");
                assertThat(claims.getStringClaim("ath")).isEqualTo(TestProvider.digest(TOKEN));
            }
        }
    }

    private static boolean isRight(String proof) throws JOSEException {
        return new Proofs(InstantSource.fixed(NOW), 10)
                .fault(
                        new Presented("POST", ADDRESS, List.of("DPoP " + TOKEN), List.of(proof), null),
                        TOKEN,
                        HOLDER.computeThumbprint().toString())
                .isEmpty();
    }
}
