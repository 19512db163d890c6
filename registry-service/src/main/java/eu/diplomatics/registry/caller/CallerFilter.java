package eu.diplomatics.registry.caller;

import eu.diplomatics.registry.problem.ProblemAdvice;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
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

    /** Open to read, for the controller to write. */
    private static final String RESUMPTIONS = "/v1/log/resumptions";

    private static final String ACTUATOR = "/actuator";
    /** There who signed the message is who calls. */
    private static final String LED = "/led";

    private final CallerResolver resolver;
    private final ProblemWriter problems;

    CallerFilter(CallerResolver resolver, ProblemWriter problems) {
        this.resolver = resolver;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getServletPath();
        if (path.startsWith(RESUMPTIONS) && !request.getMethod().equals("GET")) {
            return false;
        }
        return OPEN.contains(path)
                || path.equals(ACTUATOR)
                || path.equals(LED)
                || OPEN_BELOW.stream().anyMatch(path::startsWith);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            request.setAttribute(
                    Caller.ATTRIBUTE,
                    resolver.resolve(request)
                            .orElseThrow(() -> ProblemException.of(
                                    ProblemCode.UNAUTHENTICATED, "The request does not say who calls.")));
        } catch (RuntimeException e) {
            // a refusal; or the log, which says who may register, is away or broken
            problems.write(request, response, ProblemAdvice.map(e));
            return;
        }
        chain.doFilter(request, response);
    }
}
