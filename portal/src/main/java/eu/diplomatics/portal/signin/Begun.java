package eu.diplomatics.portal.signin;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.Nonce;
import java.net.URI;
import java.time.Instant;

/**
 * A sign-in under way.
 *
 * @param address where the person's browser goes on: the provider's, with the reference of the pushed request
 * @param key to which the tokens will be bound
 */
record Begun(State state, Nonce nonce, CodeVerifier verifier, ECKey key, Instant at, URI address) {
    @Override
    public String toString() {
        return "Begun[redacted]";
    }
}
