package eu.diplomatics.portal.page;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;

/** Says in plain words what failed and what to do; nothing of the request stands in it. */
@Controller
@ControllerAdvice
final class FailurePage implements ErrorController {
    private static final String SECONDS_LATER = "10";
    private static final String SIGN_IN = "/sign-in";

    @RequestMapping("/error")
    String page(HttpServletRequest request, HttpServletResponse response, Model model) {
        Failure failure = Failure.of(request);
        response.setStatus(failure.status());
        if (failure.passes()) {
            response.setHeader(HttpHeaders.RETRY_AFTER, SECONDS_LATER);
        }
        model.addAttribute("failure", failure.key());
        if (failure == Failure.SIGNED_OUT) {
            model.addAttribute("part", null);
            model.addAttribute("staff", false);
        }
        String page = String.valueOf(request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI));
        model.addAttribute("signIn", failure == Failure.SIGN_IN_AGAIN ? signInFor(page) : SIGN_IN);
        model.addAttribute(
                "signInHelps",
                failure == Failure.SIGNED_OUT
                        || failure == Failure.SIGN_IN_AGAIN
                        || failure == Failure.SIGN_IN_OVER
                        || failure == Failure.SIGN_IN_REFUSED
                        || failure == Failure.PROVIDER_AWAY);
        return "failure";
    }

    @ExceptionHandler
    void failed(FailureException failed, HttpServletRequest request, HttpServletResponse response) throws IOException {
        HttpSession visit = request.getSession(false);
        if (failed.failure() == Failure.SIGNED_OUT && visit != null) {
            // the provider gives no token any more: what is said has to be so
            visit.invalidate();
        }
        if (failed.failure() == Failure.SIGN_IN_AGAIN && request.getMethod().equals("GET")) {
            // nothing was typed: the way goes on by itself, and back to this page
            response.setHeader(HttpHeaders.LOCATION, signInFor(request.getRequestURI()));
            response.setStatus(HttpServletResponse.SC_SEE_OTHER);
            return;
        }
        failed.failure().send(request, response);
    }

    /** The way in, and back to a page: a known one, never what was sent. */
    private static String signInFor(String page) {
        return Pages.all().contains(page) ? SIGN_IN + "?to=" + page : SIGN_IN;
    }
}
