package eu.diplomatics.portal.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.oauth2.sdk.dpop.DefaultDPoPProofFactory;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import eu.diplomatics.portal.PortalSettings;
import eu.diplomatics.portal.page.Failure;
import eu.diplomatics.portal.page.FailureException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Says in a request to a service who it is for: by the person's own token, and a proof of its key that is good once. */
@Component
public final class AccessTokens {
    private static final Logger LOG = LoggerFactory.getLogger(AccessTokens.class);

    private final Provider provider;
    private final Duration renewBefore;
    private final InstantSource clock;

    AccessTokens(Provider provider, PortalSettings settings, InstantSource clock) {
        this.provider = provider;
        this.renewBefore = settings.renewBefore();
        this.clock = clock;
    }

    /**
     * The headers of one request.
     *
     * @param address without query (RFC 9449, section 4.2)
     * @throws FailureException {@code SIGNED_OUT} when the provider gives no token any more, {@code PROVIDER_AWAY}
     */
    public Map<String, String> headers(SignedIn visitor, String method, URI address) {
        Tokens tokens = current(visitor);
        try {
            String proof = new DefaultDPoPProofFactory(visitor.key(), JWSAlgorithm.ES256)
                    .createDPoPJWT(method, address, tokens.access())
                    .serialize();
            return Map.of("Authorization", tokens.access().toAuthorizationHeader(), "DPoP", proof);
        } catch (JOSEException e) {
            throw new IllegalStateException("a proof cannot be signed", e);
        }
    }

    private Tokens current(SignedIn visitor) {
        visitor.asking().lock();
        try {
            Tokens tokens = visitor.tokens();
            if (clock.instant().isBefore(tokens.until().minus(renewBefore))) {
                return tokens;
            }
            RefreshToken refresh = tokens.refresh();
            if (refresh == null) {
                throw new FailureException(Failure.SIGNED_OUT);
            }
            Tokens fresh = provider.refresh(refresh, visitor.key())
                    .orElseThrow(() -> new FailureException(Failure.SIGNED_OUT));
            visitor.renew(fresh);
            return fresh;
        } catch (ProviderException e) {
            LOG.warn("the identity provider is away: {}", e.getMessage());
            throw new FailureException(Failure.PROVIDER_AWAY);
        } finally {
            visitor.asking().unlock();
        }
    }
}
