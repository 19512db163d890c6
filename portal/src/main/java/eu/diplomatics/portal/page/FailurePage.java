package eu.diplomatics.portal.page;

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
        model.addAttribute(
                "signInHelps",
                failure == Failure.SIGNED_OUT
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
        failed.failure().send(request, response);
    }
}
