package eu.diplomatics.registry.registration;

import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Bounds the bodies that are in hand at the same time, however many connections bring them: a request counts by the
 * length it tells, or the longest allowed. Files are bounded by their own turns.
 */
@Component
@Order(1)
final class BodyBudget extends OncePerRequestFilter {
    private static final int KIB = 1024;
    private static final int BUDGET_KIB = 16 * KIB;
    private static final Duration TURN = Duration.ofSeconds(2);

    private final Semaphore budget = new Semaphore(BUDGET_KIB);
    private final ProblemWriter problems;

    BodyBudget(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getServletPath();
        return !path.startsWith("/v1/qualifications") && !path.startsWith("/v1/holders") && !path.equals("/led");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        int weight = weight(request.getContentLengthLong());
        if (!taken(weight)) {
            problems.write(
                    request,
                    response,
                    ProblemException.later(
                            ProblemCode.OVERLOADED, "Nothing was done. Send the same request again.", TURN));
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            budget.release(weight);
        }
    }

    private static int weight(long length) {
        long told = length < 0 ? QualificationJson.MAX_BYTES : Math.min(length, QualificationJson.MAX_BYTES);
        return (int) (told / KIB) + 1;
    }

    private boolean taken(int weight) {
        try {
            return budget.tryAcquire(weight, TURN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
