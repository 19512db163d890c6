package eu.diplomatics.portal.signin;

import com.nimbusds.oauth2.sdk.id.State;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sign-ins under way, each by a name that only the browser knows in which it was begun. Each is taken once. When there are too
 * many the oldest is forgotten: who begins many hinders whoever takes long, and nobody who is signed in.
 */
final class Beginnings {
    static final Duration LIFE = Duration.ofMinutes(10);
    private static final int MOST = 10_000;

    private final Map<String, Begun> all = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Begun> eldest) {
            return size() > MOST;
        }
    };

    /** The name to take it by. */
    synchronized String keep(Begun begun) {
        String name = new State().getValue();
        all.put(name, begun);
        return name;
    }

    synchronized Optional<Begun> take(@Nullable String name, Instant now) {
        return Optional.ofNullable(name)
                .map(all::remove)
                .filter(begun -> now.isBefore(begun.at().plus(LIFE)));
    }
}
