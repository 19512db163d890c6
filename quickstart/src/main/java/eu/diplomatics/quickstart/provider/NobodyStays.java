package eu.diplomatics.quickstart.provider;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Ends the provider's own session once it gave a code: each sign-in asks who it is, as clients want that send {@code
 * prompt=login}, which this provider's library reads over.
 */
final class NobodyStays extends OncePerRequestFilter {
    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getServletPath().equals("/oauth2/authorize");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, response);
        String next = response.getHeader("Location");
        HttpSession session = request.getSession(false);
        if (session != null && next != null && next.contains("code=")) {
            session.invalidate();
        }
    }
}
