package eu.diplomatics.portal.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.PushedAuthorizationRequest;
import com.nimbusds.oauth2.sdk.PushedAuthorizationResponse;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.JWTAuthenticationClaimsSet;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.dpop.DefaultDPoPProofFactory;
import com.nimbusds.oauth2.sdk.dpop.JWKThumbprintConfirmation;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.Audience;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.DPoPAccessToken;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.Prompt;
import com.nimbusds.openid.connect.sdk.claims.ACR;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import eu.diplomatics.portal.PortalSettings;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity provider, asked when somebody needs it, so that pages are served while it is away. Requests are pushed (RFC 9126)
 * with PKCE (RFC 7636); this portal proves itself by its key (RFC 7523), and tokens are bound to a key that is made for each visit
 * (RFC 9449). What the provider says is not logged, but for the codes of its refusals.
 */
final class Provider {
    private static final Logger LOG = LoggerFactory.getLogger(Provider.class);
    private static final String CLIENT_ID = "client_id";
    private static final int LIMIT_MILLIS = 10_000;
    private static final int MOST_BYTES = 256 * 1024;
    private static final Duration METADATA_FRESH = Duration.ofMinutes(10);
    private static final Duration CLOCKS_APART = Duration.ofMinutes(1);
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.ES256, JWSAlgorithm.PS256);

    private final PortalSettings.Provider settings;
    private final Issuer issuer;
    private final ClientID client;
    private final ECKey key;
    private final URI back;
    private final @Nullable SSLSocketFactory sockets;
    private final InstantSource clock;
    private volatile @Nullable Known known;

    private record Known(OIDCProviderMetadata metadata, IDTokenValidator idTokens, Instant at) {}

    /** Who signed in, and what for. */
    record Introduced(
            String part,
            String party,
            String user,
            @Nullable Representing representing,
            Tokens tokens) {
        @Override
        public String toString() {
            return "Introduced[redacted]";
        }
    }

    Provider(
            PortalSettings.Provider settings,
            ECKey key,
            URI back,
            @Nullable SSLSocketFactory sockets,
            InstantSource clock) {
        this.settings = settings;
        this.issuer = new Issuer(settings.issuer());
        this.client = new ClientID(settings.clientId());
        this.key = key;
        this.back = back;
        this.sockets = sockets;
        this.clock = clock;
    }

    /** Where it sends people back to. */
    URI back() {
        return back;
    }

    /**
     * Tells the provider that somebody is about to come, and what for.
     *
     * @param stepUp what a service asks of how they sign in; null where none does
     * @param to the page they go back to; null for where people begin
     */
    Begun begin(@Nullable StepUp stepUp, @Nullable String to) throws ProviderException {
        List<String> acr = stepUp == null || stepUp.acr().isEmpty() ? settings.acr() : stepUp.acr();
        State state = new State();
        Nonce nonce = new Nonce();
        CodeVerifier verifier = new CodeVerifier();
        try {
            OIDCProviderMetadata metadata = known().metadata();
            URI pushTo = metadata.getPushedAuthorizationRequestEndpointURI();
            if (pushTo == null) {
                throw new ProviderException("it takes no pushed requests");
            }
            ECKey bound = new ECKeyGenerator(Curve.P_256).generate();
            AuthenticationRequest.Builder wanted = new AuthenticationRequest.Builder(
                            ResponseType.CODE, scope(), client, back)
                    .state(state)
                    .nonce(nonce)
                    .codeChallenge(verifier, CodeChallengeMethod.S256)
                    .dPoPJWKThumbprintConfirmation(JWKThumbprintConfirmation.of(bound))
                    .prompt(new Prompt(Prompt.Type.LOGIN))
                    .acrValues(acr.stream().map(ACR::new).toList());
            if (stepUp != null && stepUp.maxAge() != null) {
                wanted.maxAge(stepUp.maxAge());
            }
            HTTPResponse answer =
                    send(new PushedAuthorizationRequest(pushTo, ourselves(), wanted.build()).toHTTPRequest(), null);
            PushedAuthorizationResponse pushed = PushedAuthorizationResponse.parse(answer);
            if (!pushed.indicatesSuccess()) {
                throw refused("a pushed request", pushed.toErrorResponse().getErrorObject());
            }
            URI address = new AuthorizationRequest.Builder(
                            pushed.toSuccessResponse().getRequestURI(), client)
                    .endpointURI(metadata.getAuthorizationEndpointURI())
                    .build()
                    .toURI();
            return new Begun(state, nonce, verifier, bound, clock.instant(), address, acr, to);
        } catch (IOException | ParseException | JOSEException e) {
            throw new ProviderException("it does not answer a pushed request", e);
        }
    }

    /** Whether an answer that names its sender, or should, names this provider (RFC 9207). */
    boolean sent(@Nullable Issuer named) throws ProviderException {
        return named == null ? !known().metadata().supportsAuthorizationResponseIssuerParam() : named.equals(issuer);
    }

    /**
     * Exchanges the code that the person's browser brought back.
     *
     * @throws BadJOSEException when what the provider says about the person cannot be relied on
     */
    Introduced redeem(AuthorizationCode code, Begun begun) throws ProviderException, BadJOSEException {
        OIDCTokenResponse answer = ask(new AuthorizationCodeGrant(code, back, begun.verifier()), begun.key());
        JWT idToken = answer.getOIDCTokens().getIDToken();
        if (idToken == null) {
            throw new BadJOSEException("there is no ID token");
        }
        IDTokenClaimsSet claims;
        try {
            claims = known().idTokens().validate(idToken, begun.nonce());
        } catch (JOSEException e) {
            throw new ProviderException("its keys cannot be had", e);
        }
        if (claims.getACR() == null || !begun.acr().contains(claims.getACR().getValue())) {
            throw new BadJOSEException("signed in otherwise than was asked for");
        }
        Date signedIn = claims.getAuthenticationTime();
        if (signedIn == null || signedIn.toInstant().isBefore(begun.at().minus(CLOCKS_APART))) {
            // whoever had the machine before may still be signed in at the provider
            throw new BadJOSEException("signed in before this sign-in began");
        }
        String part = claims.getStringClaim(settings.partClaim());
        String party = claims.getStringClaim(settings.partyClaim());
        if (part == null || party == null) {
            throw new BadJOSEException("does not say as what, or for whom");
        }
        Representing representing = null;
        if (part.equals(SignedIn.DELEGATE)) {
            representing = Optional.ofNullable(claims.getClaim(settings.delegationClaim(), Map.class))
                    .flatMap(Representing::of)
                    .orElseThrow(() -> new BadJOSEException("does not say for whom a delegate stands"));
        }
        return new Introduced(part, party, claims.getSubject().getValue(), representing, tokens(answer, null));
    }

    /** New tokens; empty when the provider gives none any more and the person has to sign in again. */
    Optional<Tokens> refresh(RefreshToken old, ECKey bound) throws ProviderException {
        try {
            return Optional.of(tokens(ask(new RefreshTokenGrant(old), bound), old));
        } catch (ProviderException e) {
            if (OAuth2Error.INVALID_GRANT.getCode().equals(e.code())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Says that a visit is over (RFC 7009); what cannot be said ends by itself. */
    void end(SignedIn visitor) {
        RefreshToken token = visitor.tokens().refresh();
        if (token == null) {
            return;
        }
        try {
            URI endpoint = known().metadata().getRevocationEndpointURI();
            if (endpoint != null) {
                send(
                        new TokenRevocationRequest(
                                        endpoint,
                                        List.of(ourselves()),
                                        token,
                                        Map.of(CLIENT_ID, List.of(client.getValue())))
                                .toHTTPRequest(),
                        null);
            }
        } catch (ProviderException | IOException | JOSEException e) {
            LOG.warn("the provider was not told that a visit is over");
        }
    }

    private OIDCTokenResponse ask(AuthorizationGrant grant, ECKey bound) throws ProviderException {
        try {
            URI endpoint = known().metadata().getTokenEndpointURI();
            HTTPRequest request = new TokenRequest.Builder(endpoint, ourselves(), grant)
                    // said again in what is signed; some providers want both
                    .customParameter(CLIENT_ID, client.getValue())
                    .build()
                    .toHTTPRequest();
            TokenResponse answer = OIDCTokenResponseParser.parse(send(request, bound));
            if (!answer.indicatesSuccess()) {
                throw refused("a token", answer.toErrorResponse().getErrorObject());
            }
            return (OIDCTokenResponse) answer.toSuccessResponse();
        } catch (IOException | ParseException | JOSEException e) {
            throw new ProviderException("it does not give a token", e);
        }
    }

    private Tokens tokens(OIDCTokenResponse answer, @Nullable RefreshToken old) throws ProviderException {
        DPoPAccessToken access = answer.getOIDCTokens().getDPoPAccessToken();
        if (access == null) {
            throw new ProviderException("it gave a token that is bound to nothing");
        }
        RefreshToken fresh = answer.getOIDCTokens().getRefreshToken();
        return new Tokens(access, fresh == null ? old : fresh, clock.instant().plusSeconds(access.getLifetime()));
    }

    private Known known() throws ProviderException {
        Known before = known;
        Instant now = clock.instant();
        if (before != null && now.isBefore(before.at().plus(METADATA_FRESH))) {
            return before;
        }
        try {
            HTTPResponse answer =
                    send(new HTTPRequest(HTTPRequest.Method.GET, OIDCProviderMetadata.resolveURL(issuer)), null);
            answer.ensureStatusCode(HTTPResponse.SC_OK);
            OIDCProviderMetadata metadata = OIDCProviderMetadata.parse(answer.getBody());
            if (!metadata.getIssuer().equals(issuer)) {
                throw new ProviderException("its metadata name another issuer");
            }
            var keys = JWKSourceBuilder.<SecurityContext>create(
                            metadata.getJWKSetURI().toURL(),
                            new DefaultResourceRetriever(LIMIT_MILLIS, LIMIT_MILLIS, MOST_BYTES, false, sockets))
                    .build();
            IDTokenValidator idTokens =
                    new IDTokenValidator(issuer, client, new JWSVerificationKeySelector<>(ALGORITHMS, keys), null);
            Known fresh = new Known(metadata, idTokens, now);
            known = fresh;
            return fresh;
        } catch (IOException | JOSEException | GeneralException e) {
            if (before != null) {
                return before;
            }
            throw new ProviderException("it does not tell its metadata", e);
        }
    }

    private Scope scope() {
        Scope scope = new Scope("openid");
        settings.scope().forEach(scope::add);
        return scope;
    }

    private ClientAuthentication ourselves() throws JOSEException {
        return new PrivateKeyJWT(
                new JWTAuthenticationClaimsSet(client, new Audience(issuer.getValue())),
                JWSAlgorithm.ES256,
                key.toECPrivateKey(),
                key.getKeyID(),
                null);
    }

    private HTTPResponse send(HTTPRequest request, @Nullable ECKey bound) throws IOException, JOSEException {
        request.setConnectTimeout(LIMIT_MILLIS);
        request.setReadTimeout(LIMIT_MILLIS);
        request.setFollowRedirects(false);
        if (sockets != null) {
            request.setSSLSocketFactory(sockets);
        }
        if (bound != null) {
            request.setDPoP(new DefaultDPoPProofFactory(bound, JWSAlgorithm.ES256)
                    .createDPoPJWT(request.getMethod().name(), request.getURI()));
        }
        return request.send();
    }

    private static ProviderException refused(String what, @Nullable ErrorObject error) {
        return new ProviderException("it refused " + what, error == null ? null : error.getCode());
    }
}
