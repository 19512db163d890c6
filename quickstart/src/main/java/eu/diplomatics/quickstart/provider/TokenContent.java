package eu.diplomatics.quickstart.provider;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;

/** What stands in an access token (docs/identity.md). One that would be bound to nothing is not made. */
final class TokenContent implements OAuth2TokenCustomizer<JwtEncodingContext> {
    private static final String ACR = "substantial";

    @Override
    public void customize(JwtEncodingContext context) {
        if (OidcParameterNames.ID_TOKEN.equals(context.getTokenType().getValue())) {
            context.getJwsHeader().algorithm(SignatureAlgorithm.ES256);
            who(context);
            return;
        }
        if (!OAuth2TokenType.ACCESS_TOKEN.equals(context.getTokenType())) {
            return;
        }
        if (context.get(OAuth2TokenContext.DPOP_PROOF_KEY) == null) {
            throw new OAuth2AuthenticationException(new OAuth2Error("invalid_dpop_proof"));
        }
        context.getJwsHeader().algorithm(SignatureAlgorithm.ES256).type("at+jwt");
        String client = Objects.requireNonNull(context.getRegisteredClient()).getClientId();
        Set<String> scopes = context.getAuthorizedScopes();
        context.getClaims()
                .claim("client_id", client)
                .claim("scope", String.join(" ", scopes))
                .audience(List.of(Clients.REGISTRY, Clients.QUERY).stream()
                        .filter(service -> scopes.contains(service) || scopes.contains(service + Clients.READ))
                        .map(service -> "urn:diplomatics:" + service)
                        .toList());
        if (AuthorizationGrantType.CLIENT_CREDENTIALS.equals(context.getAuthorizationGrantType())) {
            String[] system = client.split("-", 2);
            context.getClaims()
                    .claim("diplomatics_part", system[0].equals("supplier") ? "institution-system" : "agency-system")
                    .claim("diplomatics_party", system[1]);
            return;
        }
        who(context);
    }

    private static void delegation(String[] name, JwtEncodingContext context) {
        if (name.length > 2) {
            // whoever asks is a proxy, from yesterday for a year
            Instant from = Instant.now().minus(Duration.ofDays(1));
            context.getClaims()
                    .claim(
                            "diplomatics_delegation",
                            Map.of(
                                    "for",
                                    name[2],
                                    "kind",
                                    "proxy",
                                    "from",
                                    from.getEpochSecond(),
                                    "until",
                                    from.plus(Duration.ofDays(365)).getEpochSecond()));
        }
    }

    /** As what and for whom somebody signed in, how and when: in tokens for services and in that for the portal. */
    private static void who(JwtEncodingContext context) {
        Authentication person = Objects.requireNonNull(context.<Authentication>getPrincipal());
        String[] name = person.getName().split(":", -1);
        context.getClaims()
                .claim("diplomatics_part", name[0])
                .claim("diplomatics_party", name[1])
                .claim("acr", ACR);
        person.getAuthorities().stream()
                .filter(FactorGrantedAuthority.class::isInstance)
                .map(factor -> ((FactorGrantedAuthority) factor).getIssuedAt())
                .min(Instant::compareTo)
                // as a date, since that is what the library reads out of an ID token when it makes the next
                .ifPresent(signedIn -> context.getClaims().claim("auth_time", Date.from(signedIn)));
        delegation(name, context);
    }
}
