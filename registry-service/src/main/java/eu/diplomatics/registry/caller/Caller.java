package eu.diplomatics.registry.caller;

import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

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
        return one(request, Set.of(Role.SUPPLIER), "Only suppliers register.").id();
    }

    /** The supplier or controller that sends this request. */
    public static Caller supplierOrController(HttpServletRequest request) {
        return one(request, Set.of(Role.SUPPLIER, Role.CONTROLLER), "Only suppliers and the controller may do this.");
    }

    /** The controller, who sends this request. */
    public static Caller controller(HttpServletRequest request) {
        return one(request, Set.of(Role.CONTROLLER), "Only the controller may do this.");
    }

    private static Caller one(HttpServletRequest request, Set<Role> allowed, String otherwise) {
        if (!(request.getAttribute(ATTRIBUTE) instanceof Caller caller)) {
            throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "The request does not say who calls.");
        }
        if (!allowed.contains(caller.role())) {
            throw ProblemException.of(ProblemCode.NOT_ALLOWED, otherwise);
        }
        return caller;
    }
}
