package eu.diplomatics.quickstart.provider;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.server.authorization.InMemoryOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;

/**
 * Remembers refresh tokens that were exchanged. Whoever shows one again took it from somebody, or somebody took it from
 * them: the whole family ends, and the person signs in again.
 */
final class Families implements OAuth2AuthorizationService {
    private static final int MOST_REMEMBERED = 10_000;

    private final OAuth2AuthorizationService all = new InMemoryOAuth2AuthorizationService();
    private final Map<String, String> exchanged = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    @Override
    public void save(OAuth2Authorization authorization) {
        OAuth2Authorization before = all.findById(authorization.getId());
        if (before != null && before.getRefreshToken() != null && authorization.getRefreshToken() != null) {
            String old = before.getRefreshToken().getToken().getTokenValue();
            if (!old.equals(authorization.getRefreshToken().getToken().getTokenValue())) {
                synchronized (exchanged) {
                    exchanged.put(old, authorization.getId());
                }
            }
        }
        all.save(authorization);
    }

    @Override
    public void remove(OAuth2Authorization authorization) {
        all.remove(authorization);
    }

    @Override
    public @Nullable OAuth2Authorization findById(String id) {
        return all.findById(id);
    }

    @Override
    public @Nullable OAuth2Authorization findByToken(String token, @Nullable OAuth2TokenType type) {
        String family;
        synchronized (exchanged) {
            family = exchanged.get(token);
        }
        if (family != null) {
            OAuth2Authorization ended = all.findById(family);
            if (ended != null) {
                all.remove(ended);
            }
            return null;
        }
        return all.findByToken(token, type);
    }
}
