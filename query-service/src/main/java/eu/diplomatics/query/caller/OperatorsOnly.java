package eu.diplomatics.query.caller;

import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import eu.diplomatics.query.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Management, health apart, is for this machine itself: never through a proxy, whatever address is bound. */
@Component
@Order(-1)
final class OperatorsOnly extends OncePerRequestFilter {
    private static final String ACTUATOR = "/actuator";
    private static final String HEALTH = "/actuator/health";

    private final ProblemWriter problems;

    OperatorsOnly(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getServletPath();
        return !path.startsWith(ACTUATOR) || path.equals(HEALTH) || path.startsWith(HEALTH + "/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean direct = request.getHeader("Forwarded") == null && request.getHeader("X-Forwarded-For") == null;
        if (direct && InetAddress.ofLiteral(request.getRemoteAddr()).isLoopbackAddress()) {
            chain.doFilter(request, response);
        } else {
            problems.write(
                    request, response, ProblemException.of(ProblemCode.NOT_ALLOWED, "Management is for operators."));
        }
    }
}
