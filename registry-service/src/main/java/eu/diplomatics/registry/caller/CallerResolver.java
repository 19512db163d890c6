package eu.diplomatics.registry.caller;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Finds out who calls: by access tokens, or in the profile {@code insecure} by what callers say of themselves. */
public interface CallerResolver {
    /**
     * The caller, or empty when the request does not name one.
     *
     * @throws eu.diplomatics.registry.problem.ProblemException when it names one and does not prove it, or nobody can tell
     */
    Optional<Caller> resolve(HttpServletRequest request);
}
