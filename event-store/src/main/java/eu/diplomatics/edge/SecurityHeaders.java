package eu.diplomatics.edge;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gives every answer, errors too, the headers that keep browsers and caches from doing anything with it. Who answers may
 * say something else in its place, such as that an answer that never changes may be kept.
 */
public final class SecurityHeaders extends HttpFilter {
    private static final long serialVersionUID = 1L;

    /** Two years, as browsers' lists of such hosts ask for. */
    private static final String HSTS = "max-age=63072000; includeSubDomains";

    private static final Map<String, String> ALWAYS = new TreeMap<>(Map.of(
            "Cache-Control", "no-store",
            "Content-Security-Policy",
                    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            "Cross-Origin-Embedder-Policy", "require-corp",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Permissions-Policy",
                    "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
            "Referrer-Policy", "no-referrer",
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY"));

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Headed headed = new Headed(response, request.isSecure());
        headed.begin();
        chain.doFilter(request, headed);
    }

    /**
     * For answers that no filter sees, such as those to a request line that cannot be read.
     *
     * @param secure whether the request came over TLS
     */
    public static void set(HttpServletResponse response, boolean secure) {
        ALWAYS.forEach(response::setHeader);
        if (secure) {
            response.setHeader("Strict-Transport-Security", HSTS);
        }
    }

    /** Keeps the headers when an answer is begun anew, and lets one that is added take a default's place. */
    private static final class Headed extends HttpServletResponseWrapper {
        private final boolean secure;

        Headed(HttpServletResponse response, boolean secure) {
            super(response);
            this.secure = secure;
        }

        void begin() {
            set((HttpServletResponse) getResponse(), secure);
        }

        @Override
        public void reset() {
            super.reset();
            begin();
        }

        @Override
        public void addHeader(String name, String value) {
            if (isDefault(name)) {
                super.setHeader(name, value);
            } else {
                super.addHeader(name, value);
            }
        }

        private boolean isDefault(String name) {
            return ALWAYS.entrySet().stream()
                    .anyMatch(each -> each.getKey().equalsIgnoreCase(name)
                            && each.getValue().equals(getHeader(name)));
        }
    }
}
