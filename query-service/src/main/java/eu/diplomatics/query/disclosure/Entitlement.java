package eu.diplomatics.query.disclosure;

import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.problem.ProblemCode;
import java.util.Optional;

/**
 * Who may ask what, until mandates come, and nobody without a purpose: agencies and the controller; a citizen about
 * themselves; a supplier about what it registered itself.
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
        if (inquiry.purpose().isEmpty()) {
            return Optional.of(ProblemCode.PURPOSE_REQUIRED);
        }
        boolean allowed = switch (inquiry.caller().role()) {
            case AGENCY, CONTROLLER -> true;
            case CITIZEN -> operation != Operation.CONSULT_BATCH;
            case SUPPLIER -> operation == Operation.READ || operation == Operation.HISTORY;
        };
        return allowed ? Optional.empty() : Optional.of(ProblemCode.NOT_ALLOWED);
    }

    /** Whether this caller may ask about this number. */
    static boolean mayAsk(Caller caller, String insz) {
        return caller.role() != Caller.Role.CITIZEN || caller.id().equals(insz);
    }
}
