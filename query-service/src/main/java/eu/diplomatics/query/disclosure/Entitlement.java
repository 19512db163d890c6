package eu.diplomatics.query.disclosure;

import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.problem.ProblemCode;
import java.util.Optional;

/**
 * Who may ask what, until mandates come: agencies and the controller with a purpose; a citizen about themselves; a
 * supplier, with a purpose, about what it registered itself.
 */
final class Entitlement {
    private Entitlement() {}

    /** What someone asks for. */
    enum Operation {
        CONSULT,
        CONSULT_BATCH,
        READ,
        HISTORY
    }

    /** The refusal, if any, before anything is looked up. */
    static Optional<ProblemCode> refusal(Inquiry inquiry, Operation operation) {
        return switch (inquiry.caller().role()) {
            case AGENCY, CONTROLLER -> purposeMissing(inquiry);
            case CITIZEN ->
                operation == Operation.CONSULT_BATCH ? Optional.of(ProblemCode.NOT_ALLOWED) : Optional.empty();
            case SUPPLIER ->
                operation == Operation.READ || operation == Operation.HISTORY
                        ? purposeMissing(inquiry)
                        : Optional.of(ProblemCode.NOT_ALLOWED);
        };
    }

    private static Optional<ProblemCode> purposeMissing(Inquiry inquiry) {
        return inquiry.purpose().isPresent() ? Optional.empty() : Optional.of(ProblemCode.PURPOSE_REQUIRED);
    }

    /** Whether this caller may ask about this number. */
    static boolean mayAsk(Caller caller, String insz) {
        return caller.role() != Caller.Role.CITIZEN || caller.id().equals(insz);
    }
}
