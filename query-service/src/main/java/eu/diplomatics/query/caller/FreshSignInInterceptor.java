package eu.diplomatics.query.caller;

import eu.diplomatics.access.Bearer;
import eu.diplomatics.access.FreshSignIn;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * For what weighs much, people sign in again (RFC 9470). It is asked for the handler that was found, so that no other way to write an
 * address goes round it.
 */
final class FreshSignInInterceptor implements HandlerInterceptor {
    private final FreshSignIn rule;

    FreshSignInInterceptor(FreshSignIn rule) {
        this.rule = rule;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String pattern = String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
        if (!rule.concerns(request.getMethod(), pattern)) {
            return true;
        }
        if (!(request.getAttribute(SaidByToken.BEARER) instanceof Bearer bearer)) {
            throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "The request does not say who calls.");
        }
        rule.challenge(bearer, request.getMethod(), pattern).ifPresent(wanted -> {
            throw ProblemException.challenged(
                    ProblemCode.SIGN_IN_AGAIN,
                    "For this the person has to have signed in lately, as the header WWW-Authenticate says.",
                    scheme(request) + " " + wanted);
        });
        return true;
    }

    private static String scheme(HttpServletRequest request) {
        return String.valueOf(request.getHeader("Authorization"))
                        .toLowerCase(Locale.ROOT)
                        .startsWith("dpop ")
                ? "DPoP"
                : "Bearer";
    }
}
