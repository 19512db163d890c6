package eu.diplomatics.quickstart.provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.proc.SingleKeyJWSKeySelector;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import eu.diplomatics.quickstart.caller.CallerKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;

/** What a client signs to say who it is (RFC 7523): by its own key, for this provider, short-lived, and once. */
final class Assertions implements JwtDecoderFactory<RegisteredClient> {
    private static final Duration SKEW = Duration.ofSeconds(30);
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(5);
    private static final int MOST_REMEMBERED = 100_000;

    private final CallerKeys keys;
    private final String issuer;
    private final InstantSource clock;
    private final Map<String, Instant> used = new ConcurrentHashMap<>();

    Assertions(CallerKeys keys, String issuer, InstantSource clock) {
        this.keys = keys;
        this.issuer = issuer;
        this.clock = clock;
    }

    @Override
    public JwtDecoder createDecoder(RegisteredClient client) {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        try {
            processor.setJWSKeySelector(new SingleKeyJWSKeySelector<>(
                    JWSAlgorithm.ES256, keys.key(client.getClientId()).toECPublicKey()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        // the validators below decide on the claims
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        NimbusJwtDecoder decoder = new NimbusJwtDecoder(processor);
        OAuth2TokenValidator<Jwt> ours = assertion -> check(client.getClientId(), assertion);
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<Jwt>(
                List.<OAuth2TokenValidator<Jwt>>of(new JwtTimestampValidator(SKEW), ours)));
        return decoder;
    }

    private OAuth2TokenValidatorResult check(String client, Jwt assertion) {
        Instant now = clock.instant();
        Instant expires = assertion.getExpiresAt();
        String id = assertion.getId();
        if (expires == null || id == null || id.isBlank()) {
            return refused();
        }
        List<String> audience = assertion.getAudience();
        boolean right = client.equals(assertion.getClaimAsString("iss"))
                && client.equals(assertion.getSubject())
                && audience != null
                && (audience.contains(issuer) || audience.contains(issuer + "/oauth2/token"))
                && expires.isBefore(now.plus(LONGEST_LIFE).plus(SKEW));
        return right && isFirst(client + " " + id, expires.plus(SKEW), now)
                ? OAuth2TokenValidatorResult.success()
                : refused();
    }

    private static OAuth2TokenValidatorResult refused() {
        return OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_client"));
    }

    private boolean isFirst(String id, Instant until, Instant now) {
        if (used.size() >= MOST_REMEMBERED) {
            used.values().removeIf(now::isAfter);
        }
        return used.size() < MOST_REMEMBERED && used.putIfAbsent(id, until) == null;
    }
}
