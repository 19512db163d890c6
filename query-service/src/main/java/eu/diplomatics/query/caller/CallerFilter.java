package eu.diplomatics.query.caller;

import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import eu.diplomatics.query.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** No request passes without a known caller, except those for what everybody may know. */
@Component
@Order(0)
final class CallerFilter extends OncePerRequestFilter {
    private static final Set<String> OPEN = Set.of("/openapi.json", "/error");
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
        return OPEN.contains(path) || path.equals(ACTUATOR) || path.startsWith(ACTUATOR + "/") || path.equals(LED);
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
        } catch (ProblemException e) {
            problems.write(request, response, e);
            return;
        }
        chain.doFilter(request, response);
    }
}
