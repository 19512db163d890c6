package eu.diplomatics.portal;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;

/**
 * {@code diplomatics.portal}.
 *
 * @param origin where people reach these pages, without a path
 * @param query the query-service's address, without a path
 * @param signedInFor after that a person signs in again, whatever they do; eight hours at most
 * @param renewBefore so long before its end a token is got anew
 * @param visitors how many may be signed in at once
 * @param sslBundle by which the provider and the query-service are known and this portal shows who it is; the JDK's
 *     authorities and no certificate where it is absent
 */
@ConfigurationProperties("diplomatics.portal")
public record PortalSettings(
        URI origin,
        URI query,
        @DefaultValue("2h") Duration signedInFor,
        @DefaultValue("30s") Duration renewBefore,
        @DefaultValue("10000") int visitors,
        @Nullable String sslBundle,
        Provider provider) {

    /**
     * The identity provider.
     *
     * @param issuer its name; its metadata are looked up there (OpenID Connect Discovery)
     * @param clientId this portal's name there
     * @param key the portal's private key, a JWK on P-256, by which it proves to be that client (RFC 7523)
     * @param scope what tokens are asked for, beside {@code openid}
     * @param acr how persons have to have signed in
     * @param partClaim of the ID token: as what somebody acts
     * @param partyClaim of the ID token: for whom; of a citizen, their national number
     * @param delegationClaim of the ID token: for whom a delegate stands
     */
    public record Provider(
            String issuer,
            String clientId,
            Resource key,
            @DefaultValue("query") List<String> scope,
            List<String> acr,
            @DefaultValue("diplomatics_part") String partClaim,
            @DefaultValue("diplomatics_party") String partyClaim,
            @DefaultValue("diplomatics_delegation") String delegationClaim) {}
}
