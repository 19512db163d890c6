package eu.diplomatics.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What weighs so much that a person has to have signed in lately for it, and as strongly as the configuration says (RFC 9470, step-up
 * authentication; ASVS 6.8.4): what cannot be undone, what changes who may see or register what, and what an overseer sees of
 * somebody. The list of both services stands here and nowhere else. Machines have no sign-in that grows old, and are not asked.
 *
 * <p>Thread-safe. Times are by the service's clock, without tolerance.
 */
public final class FreshSignIn {
    private static final Set<Part> ANYBODY = Set.of(Part.values());
    private static final Set<Part> OVERSEERS = Set.of(Part.CONTROLLER, Part.DPO);

    /** Requests by service, written as in docs/roles.md, and in which parts they weigh much. */
    private static final Map<String, Map<String, Set<Part>>> ALL = Map.of(
            "registry",
            Map.ofEntries(
                    // erasure, and the destruction of keys
                    Map.entry("POST /v1/shreddings", ANYBODY),
                    Map.entry("POST /v1/keys/operations", ANYBODY),
                    Map.entry("POST /v1/keys/receipts", ANYBODY),
                    Map.entry("POST /v1/keys/inventory/statements", ANYBODY),
                    // a log that goes on after a loss
                    Map.entry("POST /v1/log/resumptions", ANYBODY),
                    Map.entry("POST /v1/log/resumptions/{incarnation}", ANYBODY),
                    // who may see what, who may register, and by which lists
                    Map.entry("PUT /v1/mandates/{agency}/{purpose}", ANYBODY),
                    Map.entry("POST /v1/mandates/{agency}/{purpose}/withdrawal", ANYBODY),
                    Map.entry("PUT /v1/suppliers/{id}", ANYBODY),
                    Map.entry("POST /v1/suppliers/{id}/withdrawal", ANYBODY),
                    Map.entry("PUT /v1/institutions/{number}", ANYBODY),
                    Map.entry("PUT /v1/taxonomy/{list}/{code}", ANYBODY),
                    // whose records are whose
                    Map.entry("POST /v1/holders/links", ANYBODY),
                    Map.entry("POST /v1/holders/links/{id}/undo", ANYBODY),
                    Map.entry("POST /v1/holders/replacements", ANYBODY),
                    Map.entry("POST /v1/holders/candidates", ANYBODY),
                    Map.entry("POST /v1/qualifications/{reference}/holder", ANYBODY),
                    // a diploma that is worth nothing from now on, and many at once
                    Map.entry("POST /v1/qualifications/{reference}/annulment", ANYBODY),
                    Map.entry("POST /v1/batches", ANYBODY)),
            "query",
            Map.of(
                    "POST /v1/access-log/search", ANYBODY,
                    "POST /v1/access-log/sample", ANYBODY,
                    // with the search: a request for access, and whatever else overseers ask about a person
                    "POST /v1/consultations", OVERSEERS,
                    "POST /v1/consultations/batch", OVERSEERS,
                    "POST /v1/predicates", OVERSEERS,
                    "GET /v1/qualifications/{reference}", OVERSEERS,
                    "GET /v1/qualifications/{reference}/history", OVERSEERS));

    private final Map<String, Set<Part>> weighty;
    private final Duration longest;
    private final Set<String> acr;
    private final InstantSource clock;

    /** @param service {@code registry} or {@code query}; what scopes are called in the settings changes nothing here */
    public FreshSignIn(IdentitySettings settings, String service, InstantSource clock) {
        this.weighty = requests(service);
        this.longest = Objects.requireNonNull(settings.signedInFreshly());
        this.acr = Objects.requireNonNull(settings.freshAcr());
        this.clock = clock;
    }

    /** The requests of a service that weigh much, as {@code POST /v1/shreddings}, and in which parts. */
    public static Map<String, Set<Part>> requests(String service) {
        return Objects.requireNonNull(ALL.get(service), "no such service");
    }

    /** Whether a request weighs much in some part. */
    public boolean concerns(String method, String pattern) {
        return weighty.containsKey(request(method, pattern));
    }

    /**
     * What somebody who did not sign in so is asked for, as a challenge says it: {@code error="insufficient_user_authentication",
     * max_age=900, acr_values="high"}, seconds; without {@code acr_values} where nothing stronger is asked. Empty when the request may
     * go on.
     *
     * @param pattern the address as the service knows it, with names in braces: never what was sent, which can be written otherwise
     */
    public Optional<String> challenge(Bearer bearer, String method, String pattern) {
        Set<Part> parts = weighty.getOrDefault(request(method, pattern), Set.of());
        return !bearer.part().isPerson() || !parts.contains(bearer.part()) || isFresh(bearer)
                ? Optional.empty()
                : Optional.of(wanted());
    }

    private boolean isFresh(Bearer bearer) {
        Instant signedIn = bearer.signedInAt();
        return signedIn != null
                && !signedIn.isBefore(clock.instant().minus(longest))
                && (acr.isEmpty() || Stream.ofNullable(bearer.acr()).anyMatch(acr::contains));
    }

    private String wanted() {
        String age = "error=\"insufficient_user_authentication\", max_age=" + longest.toSeconds();
        return acr.isEmpty() ? age : age + ", acr_values=\"" + String.join(" ", new TreeSet<>(acr)) + "\"";
    }

    /** What is read by HEAD is read. */
    private static String request(String method, String pattern) {
        return (method.equals("HEAD") ? "GET" : method) + " " + pattern;
    }
}
