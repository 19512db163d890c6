package eu.diplomatics.portal.signin;

import com.nimbusds.oauth2.sdk.token.DPoPAccessToken;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the provider gave.
 *
 * @param until when the access token ends
 */
record Tokens(DPoPAccessToken access, @Nullable RefreshToken refresh, Instant until) {
    @Override
    public String toString() {
        return "Tokens[until " + until + "]";
    }
}
