package eu.diplomatics.portal.signin;

import eu.diplomatics.portal.page.Failure;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Says who is signed in. A visit ends by itself after a while without a request (the container sees to that), and after a while
 * whatever is done. Who is not signed in can send no form: nothing is remembered of anybody who only looked in.
 */
final class VisitFilter extends OncePerRequestFilter {
    static final String VISITOR = SignedIn.class.getName();
    private static final Set<String> LOOKING = Set.of("GET", "HEAD");

    private final SecurityContextRepository ofRequest;
    private final Duration longest;
    private final InstantSource clock;

    VisitFilter(SecurityContextRepository ofRequest, Duration longest, InstantSource clock) {
        this.ofRequest = ofRequest;
        this.longest = longest;
        this.clock = clock;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        SignedIn visitor = visitor(request);
        if (visitor == null) {
            if (LOOKING.contains(request.getMethod())) {
                chain.doFilter(request, response);
            } else {
                Failure.SIGNED_OUT.send(request, response);
            }
            return;
        }
        SecurityContextImpl context = new SecurityContextImpl(visitor.authentication());
        SecurityContextHolder.setContext(context);
        // the page that says what failed is another dispatch of the same request
        ofRequest.saveContext(context, request, response);
        chain.doFilter(request, response);
    }

    private @Nullable SignedIn visitor(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null || !(session.getAttribute(VISITOR) instanceof SignedIn visitor)) {
            return null;
        }
        if (clock.instant().isBefore(visitor.since().plus(longest))) {
            return visitor;
        }
        session.invalidate();
        return null;
    }
}
