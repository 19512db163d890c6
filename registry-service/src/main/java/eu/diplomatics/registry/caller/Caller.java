package eu.diplomatics.registry.caller;

import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who sends a request, once known.
 *
 * @param id of a citizen, the national number; of a delegate, that of whom they stand for
 * @param delegate who stands for them, as their provider says; null for everybody else
 */
public record Caller(Role role, String id, @Nullable String delegate) {
    static final String ATTRIBUTE = Caller.class.getName();

    private static final Set<Role> OVERSEERS = Set.of(Role.CONTROLLER, Role.DPO);
    private static final Set<Role> PEOPLE = Set.of(Role.CITIZEN, Role.DELEGATE);
    private static final Set<Role> INSPECTORS = Set.of(Role.CONTROLLER, Role.DPO, Role.AUDITOR);
    private static final Set<Role> STAFF = Set.of(Role.CONTROLLER, Role.DPO, Role.AUDITOR, Role.OPERATOR);

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

    public Caller(Role role, String id) {
        this(role, id, null);
    }

    /** The supplier that sends this request; other parts may not write. */
    public static String supplier(HttpServletRequest request) {
        return one(request, Set.of(Role.SUPPLIER), "Only suppliers register.").id();
    }

    /** The supplier or controller that sends this request. */
    public static Caller supplierOrController(HttpServletRequest request) {
        return one(request, Set.of(Role.SUPPLIER, Role.CONTROLLER), "Only suppliers and the controller may do this.");
    }

    /** The person that sends this request, who stands for one, or the controller. */
    public static Caller personOrController(HttpServletRequest request) {
        return one(
                request,
                Set.of(Role.CITIZEN, Role.DELEGATE, Role.CONTROLLER),
                "Only whom a record is about and the controller may do this.");
    }

    /** The supplier that sends this request, or who oversees all of them. */
    public static Caller supplierOrOverseer(HttpServletRequest request) {
        return one(
                request,
                Set.of(Role.SUPPLIER, Role.CONTROLLER, Role.DPO),
                "Only suppliers, the controller and the data-protection officer may do this.");
    }

    /** The controller, who sends this request. */
    public static Caller controller(HttpServletRequest request) {
        return one(request, Set.of(Role.CONTROLLER), "Only the controller may do this.");
    }

    /** Who watches over personal data, and reads what the controller reads. */
    public static void controllerOrDpo(HttpServletRequest request) {
        var unused = one(request, OVERSEERS, "Only the controller and the data-protection officer may do this.");
    }

    /** Who checks what holds no personal data. */
    public static void controllerOrInspector(HttpServletRequest request) {
        var unused = one(request, INSPECTORS, "Only the controller and those who inspect may do this.");
    }

    /** Who sees how the installation stands, which holds no personal data. */
    public static void controllerOrStaff(HttpServletRequest request) {
        var unused = one(request, STAFF, "Only the controller, those who inspect and operators may do this.");
    }

    /** Whether it is about themselves that they ask, or about whom they stand for. */
    public boolean isPerson() {
        return PEOPLE.contains(role);
    }

    /** As events name who acted. Of a person no number: whose record it is, is known. Who stood for them is named, in no answer. */
    public String actor() {
        return switch (role) {
            case CITIZEN -> "citizen";
            case DELEGATE -> "delegate:" + delegate;
            default -> role.name().toLowerCase(Locale.ROOT) + ":" + id;
        };
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

    @Override
    public String toString() {
        return "Caller[" + role + "]";
    }
}
