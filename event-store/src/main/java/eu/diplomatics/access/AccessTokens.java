package eu.diplomatics.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.util.X509CertUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides who calls, by JWT access tokens (RFC 9068) of the providers in the configuration. A token that is bound neither
 * to a certificate (RFC 8705) nor to a key (RFC 9449) is refused: whoever finds it could use it.
 *
 * <p>Thread-safe. One for each service: it remembers the proofs of possession that were used.
 */
public final class AccessTokens {
    private static final JOSEObjectType SHORT = new JOSEObjectType("at+jwt");
    private static final JOSEObjectType LONG = new JOSEObjectType("application/at+jwt");
    private static final int LONGEST_TOKEN = 8192;
    private static final String BEARER = "bearer";
    private static final String DPOP = "dpop";
    private static final Duration ASK_AGAIN = Duration.ofSeconds(10);
    private static final Duration SKEW = Duration.ofSeconds(30);

    private final Map<String, Provider> providers = new HashMap<>();
    private final InstantSource clock;
    private final Proofs proofs;
    private final Duration signedInFor;
    private final Scopes scopes;

    /** @param service its name in scopes, unless the settings have another */
    public AccessTokens(IdentitySettings settings, String service, InstantSource clock) {
        this.clock = clock;
        this.scopes = new Scopes(settings.scope() == null ? service : settings.scope());
        this.proofs = new Proofs(clock, Objects.requireNonNull(settings.rememberedProofs()));
        this.signedInFor = Objects.requireNonNull(settings.signedInFor());
        for (IdentitySettings.Issuer issuer : Objects.requireNonNull(settings.issuers())) {
            providers.put(issuer.issuer(), new Provider(issuer, settings, clock, Set.of(SHORT, LONG), SKEW));
        }
    }

    /** Decides; never throws for what a caller sends. */
    public Admission admit(Presented presented) {
        if (presented.authorization().isEmpty()) {
            return refused(Refusal.UNAUTHENTICATED);
        }
        String[] said = presented.authorization().getFirst().split(" ", -1);
        String scheme = said[0].toLowerCase(Locale.ROOT);
        if (presented.authorization().size() > 1
                || said.length != 2
                || said[1].length() > LONGEST_TOKEN
                || !(scheme.equals(BEARER) || scheme.equals(DPOP))) {
            return refused(Refusal.TOKEN_INVALID);
        }
        try {
            return admit(presented, SignedJWT.parse(said[1]), said[1], scheme.equals(DPOP));
        } catch (ExpiredJWTException e) {
            return refused(Refusal.TOKEN_EXPIRED);
        } catch (RateLimitReachedException e) {
            // a key nobody knew half a minute ago either
            return refused(Refusal.TOKEN_INVALID);
        } catch (KeySourceException e) {
            return new Admission.Undecided(ASK_AGAIN);
        } catch (ParseException | BadJOSEException | JOSEException e) {
            return refused(Refusal.TOKEN_INVALID);
        }
    }

    private Admission admit(Presented presented, SignedJWT token, String text, boolean withProof)
            throws ParseException, BadJOSEException, JOSEException {
        Provider provider = providers.get(String.valueOf(token.getJWTClaimsSet().getIssuer()));
        if (provider == null || namesItsOwnKey(token.getHeader())) {
            return refused(Refusal.TOKEN_INVALID);
        }
        JWTClaimsSet claims = provider.verify(token);
        Optional<Admission> fault = bindingFault(presented, claims, text, withProof);
        if (fault.isPresent()) {
            return fault.get();
        }
        Optional<Bearer> bearer = provider.bearer(claims);
        if (bearer.isEmpty()) {
            return refused(Refusal.TOKEN_INVALID);
        }
        if (!provider.accepts(bearer.get(), clock.instant().minus(signedInFor))) {
            return refused(Refusal.SIGN_IN_AGAIN);
        }
        if (!scopes.permit(bearer.get().scopes(), presented.method())) {
            return refused(Refusal.INSUFFICIENT_SCOPE);
        }
        return delegationFault(bearer.get())
                .map(AccessTokens::refused)
                .orElseGet(() -> new Admission.Granted(bearer.get()));
    }

    /** At each request: who stands for somebody in the morning may not in the evening. */
    private Optional<Refusal> delegationFault(Bearer bearer) {
        if (bearer.part() != Part.DELEGATE) {
            return Optional.empty();
        }
        Delegation delegation = bearer.delegation();
        if (delegation == null) {
            return Optional.of(Refusal.DELEGATION_INVALID);
        }
        return delegation.holdsAt(clock.instant()) ? Optional.empty() : Optional.of(Refusal.DELEGATION_NOT_IN_FORCE);
    }

    /** Where to find the key is the configuration's to say, never the token's. */
    private static boolean namesItsOwnKey(JWSHeader header) {
        return header.getJWK() != null
                || header.getJWKURL() != null
                || header.getX509CertURL() != null
                || header.getX509CertChain() != null;
    }

    private Optional<Admission> bindingFault(Presented presented, JWTClaimsSet claims, String text, boolean withProof)
            throws ParseException {
        Map<String, Object> confirmation = claims.getJSONObjectClaim("cnf");
        Object certificate = confirmation == null ? null : confirmation.get("x5t#S256");
        Object key = confirmation == null ? null : confirmation.get("jkt");
        if (certificate == null && key == null) {
            return Optional.of(refused(Refusal.TOKEN_UNBOUND));
        }
        if (certificate != null && !certificate.equals(thumbprint(presented.certificate()))) {
            return Optional.of(refused(Refusal.TOKEN_NOT_YOURS));
        }
        if ((key != null) != withProof) {
            // a token bound to a key is never sent as a bearer's
            return Optional.of(refused(Refusal.PROOF_INVALID));
        }
        return key == null ? Optional.empty() : proofs.fault(presented, text, key.toString());
    }

    private static @Nullable String thumbprint(@Nullable X509Certificate certificate) {
        return certificate == null
                ? null
                : X509CertUtils.computeSHA256Thumbprint(certificate).toString();
    }

    private static Admission refused(Refusal refusal) {
        return new Admission.Refused(refusal);
    }
}
