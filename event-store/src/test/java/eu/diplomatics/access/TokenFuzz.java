package eu.diplomatics.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/** Abuse case 16, ASVS 9.1.1: what a header says as a token admits nobody unless the provider signed just that, and throws nothing. */
class TokenFuzz {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final URI ADDRESS = URI.create("https://diplomas.test/v1/qualifications");
    private static final ECKey HOLDER = TestProvider.newKey("holder");

    private final TestProvider provider = new TestProvider();
    private final AccessTokens tokens = new AccessTokens(
            provider.settings(Set.of("institution-system", "citizen", "delegate"), Set.of("substantial"), null),
            "registry",
            InstantSource.fixed(NOW));

    /** As it comes; and, where it has two lines, as header and claims that the provider signed. {@code $KEY} is the holder's. */
    @FuzzTest
    void token(byte[] body) throws JOSEException {
        BugDetectors.allowNetworkConnections(); // to the provider, for its keys
        String text = new String(body, StandardCharsets.UTF_8);
        assertThat(admit(text)).isNotInstanceOf(Admission.Granted.class);
        assertThat(admit("DPoP " + text)).isNotInstanceOf(Admission.Granted.class);
        String[] parts = text.split("\n", 2);
        if (parts.length == 2) {
            String signed = signed(
                    parts[0],
                    parts[1].replace("$KEY", HOLDER.computeThumbprint().toString()),
                    provider.key());
            if (admit("DPoP " + signed) instanceof Admission.Granted(Bearer bearer)) {
                assertThat(parts[0]).contains("ES256", "at+jwt");
                assertThat(bearer.party()).matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
                assertThat(bearer.scopes()).contains("registry");
            }
            assertThat(admit("DPoP " + signed(parts[0], parts[1], HOLDER))).isNotInstanceOf(Admission.Granted.class);
        }
    }

    private Admission admit(String authorization) {
        String token = authorization.substring(authorization.indexOf(' ') + 1);
        String proof = TestProvider.proof(HOLDER, "POST", ADDRESS.toString(), token, NOW, claims -> {});
        return tokens.admit(new Presented("POST", ADDRESS, List.of(authorization), List.of(proof), null));
    }

    /** Whatever the header says, the signature is by this key. */
    static String signed(String header, String claims, ECKey by) throws JOSEException {
        String input = Base64URL.encode(header) + "." + Base64URL.encode(claims);
        return input + "."
                + new ECDSASigner(by)
                        .sign(new JWSHeader(JWSAlgorithm.ES256), input.getBytes(StandardCharsets.US_ASCII));
    }
}
