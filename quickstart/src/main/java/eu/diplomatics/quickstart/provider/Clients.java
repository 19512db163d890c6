package eu.diplomatics.quickstart.provider;

import eu.diplomatics.quickstart.caller.CallerKeys;
import eu.diplomatics.quickstart.caller.TokenDesk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/** Who may ask for tokens: the sample systems for themselves, the portal for people. None has a secret that could be told. */
final class Clients {
    static final String REGISTRY = "registry";
    static final String QUERY = "query";
    /** Behind a service's name: nothing but reading. */
    static final String READ = ".read";

    private static final Duration TOKEN = Duration.ofMinutes(5);
    private static final Duration CODE = Duration.ofMinutes(1);
    private static final Duration REFRESH = Duration.ofHours(8);

    private Clients() {}

    /** @param portal where the portal's pages are */
    static List<RegisteredClient> all(String portal) {
        List<RegisteredClient> all = new ArrayList<>();
        CallerKeys.systems()
                .forEach(name -> all.add(client(name)
                        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                        .build()));
        all.add(client(CallerKeys.PORTAL)
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
                .redirectUri(TokenDesk.RETURN)
                .redirectUri(portal + "/signed-in")
                .scope("openid")
                .build());
        return all;
    }

    private static RegisteredClient.Builder client(String name) {
        return RegisteredClient.withId(name)
                .clientId(name)
                .clientAuthenticationMethod(ClientAuthenticationMethod.PRIVATE_KEY_JWT)
                .scope(REGISTRY)
                .scope(QUERY)
                .scope(REGISTRY + READ)
                .scope(QUERY + READ)
                .clientSettings(ClientSettings.builder()
                        .requireProofKey(true)
                        .requireAuthorizationConsent(false)
                        .tokenEndpointAuthenticationSigningAlgorithm(SignatureAlgorithm.ES256)
                        .build())
                .tokenSettings(TokenSettings.builder()
                        .accessTokenTimeToLive(TOKEN)
                        .authorizationCodeTimeToLive(CODE)
                        .refreshTokenTimeToLive(REFRESH)
                        .reuseRefreshTokens(false)
                        .idTokenSignatureAlgorithm(SignatureAlgorithm.ES256)
                        .build());
    }
}
