package eu.diplomatics.portal.signin;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.Nonce;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sign-in under way.
 *
 * @param address where the person's browser goes on: the provider's, with the reference of the pushed request
 * @param key to which the tokens will be bound
 * @param acr how the person has to sign in, any of these
 * @param to the page to go back to; null for where people begin
 */
record Begun(
        State state,
        Nonce nonce,
        CodeVerifier verifier,
        ECKey key,
        Instant at,
        URI address,
        List<String> acr,
        @Nullable String to) {
    @Override
    public String toString() {
        return "Begun[redacted]";
    }
}
