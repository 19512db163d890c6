package eu.diplomatics.query.caller;

import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Who asks. A citizen's id is their national number, so a caller never prints its id.
 *
 * @param id of an agency, supplier or controller, or the national number of a citizen
 */
public record Caller(Role role, String id) {
    static final String ATTRIBUTE = Caller.class.getName();

    /** The parts callers play. */
    public enum Role {
        SUPPLIER,
        AGENCY,
        CITIZEN,
        CONTROLLER
    }

    /** The caller that the filter found. */
    public static Caller of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Caller caller) {
            return caller;
        }
        throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "The request does not say who calls.");
    }

    @Override
    public String toString() {
        return "Caller[" + role + "]";
    }
}
