package eu.diplomatics.registry.caller;

import eu.diplomatics.edge.CallRates;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Nobody calls more often than allowed: each known caller counts for itself, others by their address. */
@Component
@Order(1)
public final class CallRateFilter extends OncePerRequestFilter {
    /** Of a request: the {@link ProblemException} that it is to be answered with, in its own form. */
    public static final String REFUSAL = CallRateFilter.class.getName() + ".refusal";

    private final CallRates rates;
    private final ProblemWriter problems;

    CallRateFilter(CallRates rates, ProblemWriter problems) {
        this.rates = rates;
        this.problems = problems;
    }

    /** Whoever watches the service has to see it when it is called too often. */
    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getServletPath().startsWith("/actuator/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Duration wait = rates.take(
                request.getAttribute(Caller.ATTRIBUTE) instanceof Caller caller
                        ? caller.role() + ":" + caller.id()
                        : "address:" + request.getRemoteAddr());
        if (!wait.isPositive()) {
            chain.doFilter(request, response);
            return;
        }
        ProblemException refusal = ProblemException.later(
                ProblemCode.TOO_MANY_REQUESTS,
                "Nothing was done. Send the same request again, and fewer in a second.",
                // at least a second: callers round down
                wait.plusSeconds(1));
        if (isMessage(request)) {
            request.setAttribute(REFUSAL, refusal);
            chain.doFilter(request, response);
        } else {
            problems.write(request, response, refusal);
        }
    }

    /** Clients of the LED read SOAP only. */
    private static boolean isMessage(HttpServletRequest request) {
        return request.getMethod().equals("POST") && request.getServletPath().equals("/led");
    }
}
