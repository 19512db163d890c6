package eu.diplomatics.registry.caller;

import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;

/** Who sends a request, once known. */
public record Caller(Role role, String id) {
    static final String ATTRIBUTE = Caller.class.getName();

    /** The parts callers play. */
    public enum Role {
        SUPPLIER,
        AGENCY,
        CITIZEN,
        CONTROLLER
    }

    /** The supplier that sends this request; other parts may not write. */
    public static String supplier(HttpServletRequest request) {
        if (!(request.getAttribute(ATTRIBUTE) instanceof Caller caller)) {
            throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "The request does not say who calls.");
        }
        if (caller.role() != Role.SUPPLIER) {
            throw ProblemException.of(ProblemCode.NOT_ALLOWED, "Only suppliers register.");
        }
        return caller.id();
    }
}
