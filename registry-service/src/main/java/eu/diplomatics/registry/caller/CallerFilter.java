package eu.diplomatics.registry.caller;

import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** No request passes without a known caller, except those for what everybody may know. */
@Component
@Order(0)
final class CallerFilter extends OncePerRequestFilter {
    private static final Set<String> OPEN = Set.of("/openapi.json", "/v1/receipt-keys", "/error");
    /** The log's tree and its proofs: digests only, for whoever holds a receipt. */
    private static final List<String> OPEN_BELOW = List.of("/actuator/", "/v1/log/", "/v1/receipts/");

    private static final String ACTUATOR = "/actuator";

    private final CallerResolver resolver;
    private final ProblemWriter problems;

    CallerFilter(CallerResolver resolver, ProblemWriter problems) {
        this.resolver = resolver;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getServletPath();
        return OPEN.contains(path)
                || path.equals(ACTUATOR)
                || OPEN_BELOW.stream().anyMatch(path::startsWith);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Caller> caller = resolver.resolve(request);
        if (caller.isEmpty()) {
            problems.write(
                    request,
                    response,
                    ProblemException.of(ProblemCode.UNAUTHENTICATED, "The request does not say who calls."));
            return;
        }
        request.setAttribute(Caller.ATTRIBUTE, caller.get());
        chain.doFilter(request, response);
    }
}
