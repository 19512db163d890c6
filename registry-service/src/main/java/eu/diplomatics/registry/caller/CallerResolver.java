package eu.diplomatics.registry.caller;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Finds out who calls. Access tokens come with access control; until then only the profile {@code insecure} knows anyone. */
public interface CallerResolver {
    /** The caller, or empty when the request does not prove one. */
    Optional<Caller> resolve(HttpServletRequest request);
}
