package eu.diplomatics.portal.page;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;

/** Why there is a page that says so in place of the one that was asked for. */
public enum Failure {
    /** Nobody is signed in, or not any more. */
    SIGNED_OUT(401),
    /** For what was asked, whoever is signed in has to sign in again (RFC 9470). */
    SIGN_IN_AGAIN(401),
    /** These pages are for citizens; somebody else signed in. */
    NOT_A_CITIZEN(403),
    /** The time in which a delegate may stand for somebody is over, or has not begun. */
    NOT_REPRESENTING(403),
    /** A page of another part than that in which somebody signed in. */
    NOT_FOR_YOU(403),
    /** The provider did not sign the person in, or said so in a way that cannot be relied on. */
    SIGN_IN_REFUSED(403),
    /** It was begun too long ago, in another browser, or was ended already. */
    SIGN_IN_OVER(400),
    PROVIDER_AWAY(503),
    /** The query-service does not answer, or says that it cannot. */
    REGISTRY_AWAY(503),
    /** Too many at once, here or there. */
    BUSY(503),
    NOT_FOUND(404),
    /** A form that is not of these pages, or an address that somebody changed. */
    NOT_UNDERSTOOD(400),
    BROKEN(500);

    private static final String ATTRIBUTE = Failure.class.getName();
    private static final int CLIENT_ERRORS_END = 500;

    private final int status;

    Failure(int status) {
        this.status = status;
    }

    public int status() {
        return status;
    }

    /** Its name among the words. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the same may well work in a moment. */
    public boolean passes() {
        return status == HttpServletResponse.SC_SERVICE_UNAVAILABLE;
    }

    /** Answers with the page that says it. */
    public void send(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.setAttribute(ATTRIBUTE, this);
        response.sendError(status);
    }

    /** Why this request failed, as far as the server knows. */
    static Failure of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Failure known) {
            return known;
        }
        return request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
                ? switch (code) {
                    case HttpServletResponse.SC_NOT_FOUND, HttpServletResponse.SC_METHOD_NOT_ALLOWED -> NOT_FOUND;
                    default -> code < CLIENT_ERRORS_END ? NOT_UNDERSTOOD : BROKEN;
                }
                : NOT_FOUND;
    }
}
