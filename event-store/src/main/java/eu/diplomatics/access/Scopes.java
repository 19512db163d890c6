package eu.diplomatics.access;

import java.util.Set;

/**
 * What a token may be used for at one service, whatever its bearer may do there (RFC 6749, section 3.3; ASVS 10.3.2): everything with
 * the service's own scope, reading alone with that and {@code .read}.
 */
record Scopes(String service) {
    private static final String READ = ".read";
    private static final Set<String> READING = Set.of("GET", "HEAD");

    boolean permit(Set<String> scopes, String method) {
        return scopes.contains(service) || (READING.contains(method) && scopes.contains(service + READ));
    }
}
