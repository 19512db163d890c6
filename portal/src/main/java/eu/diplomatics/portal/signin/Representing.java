package eu.diplomatics.portal.signin;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * For whom a delegate stands, as the ID token says it (docs/identity.md).
 *
 * @param person the national number of who is represented
 * @param kind {@code parent}, {@code guardian}, {@code proxy}
 * @param until from then on no longer
 */
public record Representing(String person, String kind, Instant until) {
    private static final Set<String> KINDS = Set.of("parent", "guardian", "proxy");

    /** Empty where it is not all there; whether it holds is the query-service's to say, at each request. */
    static Optional<Representing> of(Map<?, ?> claim) {
        return claim.get("for") instanceof String person
                        && person.matches("\\d{11}")
                        && claim.get("kind") instanceof String kind
                        && KINDS.contains(kind)
                        && claim.get("until") instanceof Number until
                ? Optional.of(new Representing(person, kind, Instant.ofEpochSecond(until.longValue())))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "Representing[redacted]";
    }
}
