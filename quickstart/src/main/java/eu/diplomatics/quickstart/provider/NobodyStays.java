package eu.diplomatics.quickstart.provider;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Each sign-in asks who it is, as clients want that send {@code prompt=login} or {@code max_age}, which this provider's library reads
 * over: the provider's own session ends once it gave a code, and is good for a minute where it gave none.
 */
final class NobodyStays extends OncePerRequestFilter {
    private static final Duration TO_GET_A_CODE = Duration.ofMinutes(1);

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getServletPath().equals("/oauth2/authorize");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        HttpSession before = request.getSession(false);
        if (before != null && signedInBefore(before, Instant.now().minus(TO_GET_A_CODE))) {
            before.invalidate();
        }
        chain.doFilter(request, response);
        String next = response.getHeader("Location");
        HttpSession session = request.getSession(false);
        if (session != null && next != null && next.contains("code=")) {
            session.invalidate();
        }
    }

    private static boolean signedInBefore(HttpSession session, Instant moment) {
        return session.getAttribute(HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY)
                        instanceof SecurityContext context
                && context.getAuthentication() != null
                && context.getAuthentication().getAuthorities().stream()
                        .filter(FactorGrantedAuthority.class::isInstance)
                        .map(factor -> ((FactorGrantedAuthority) factor).getIssuedAt())
                        .anyMatch(moment::isAfter);
    }
}
