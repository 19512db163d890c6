package eu.diplomatics.query.caller;

import eu.diplomatics.access.Delegation;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks. A citizen's or delegate's id is their own national number, so a caller never prints its id.
 *
 * @param id of an agency, supplier or a role of the staff, or the national number of a citizen or delegate
 * @param delegation for whom a delegate asks; null in other roles
 */
public record Caller(Role role, String id, @Nullable Delegation delegation) {
    static final String ATTRIBUTE = Caller.class.getName();

    /** The parts callers play. */
    public enum Role {
        SUPPLIER,
        AGENCY,
        CITIZEN,
        DELEGATE,
        CONTROLLER,
        DPO,
        AUDITOR,
        OPERATOR
    }

    private static final Set<Role> STAFF = Set.of(Role.CONTROLLER, Role.DPO, Role.AUDITOR, Role.OPERATOR);

    public Caller {
        if ((role == Role.DELEGATE) != (delegation != null)) {
            throw new IllegalArgumentException("a delegate asks for somebody, and nobody else does");
        }
    }

    public Caller(Role role, String id) {
        this(role, id, null);
    }

    /** The national number of the only person about whom this caller may ask; empty where other rules say about whom. */
    public Optional<String> person() {
        Delegation forSomebody = delegation;
        if (forSomebody != null) {
            return Optional.of(forSomebody.represented());
        }
        return role == Role.CITIZEN ? Optional.of(id) : Optional.empty();
    }

    /** The caller that the filter found. */
    public static Caller of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Caller caller) {
            return caller;
        }
        throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "The request does not say who calls.");
    }

    /** Who sees how the installation stands, which holds no personal data. */
    public static void controllerOrStaff(HttpServletRequest request) {
        if (!STAFF.contains(of(request).role())) {
            throw ProblemException.of(
                    ProblemCode.NOT_ALLOWED, "Only the controller, those who inspect and operators may do this.");
        }
    }

    @Override
    public String toString() {
        return "Caller[" + role + "]";
    }
}
