package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.FollowedCase;
import eu.diplomatics.qualification.Mandate.Question;
import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.qualification.Mandates.Key;
import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.caller.Purpose;
import eu.diplomatics.query.caller.XRoadClients;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Who may ask what, and nobody without a purpose: agencies what a mandate in force for that purpose says; the controller
 * anything, the data-protection officer about one person at a time; a citizen about themselves, a delegate about whom they stand for; a supplier about what it
 * registered itself; auditors and operators nothing. Cases are for agencies only.
 */
@Component
final class Entitlement {
    private final Catalogue catalogue;
    private final XRoadClients clients;

    Entitlement(Catalogue catalogue, XRoadClients clients) {
        this.catalogue = catalogue;
        this.clients = clients;
    }

    /** What someone asks for. */
    enum Operation {
        CONSULT(Question.CONSULT),
        CONSULT_BATCH(Question.BATCH),
        READ(Question.READ),
        HISTORY(Question.HISTORY),
        PREDICATE(Question.PREDICATE),
        OPEN_CASE(Question.FOLLOW);

        private final Question question;

        Operation(Question question) {
            this.question = question;
        }

        Question question() {
            return question;
        }
    }

    /** What comes of it, before anything is looked up. */
    sealed interface Ruling {
        record Allowed(Allowance allowance) implements Ruling {}

        record Refused(ProblemCode code, String detail) implements Ruling {}
    }

    Ruling of(Inquiry inquiry, Operation operation) {
        Optional<Purpose> purpose = inquiry.purpose();
        if (purpose.isEmpty()) {
            return new Ruling.Refused(ProblemCode.PURPOSE_REQUIRED, "Nothing was disclosed.");
        }
        if (inquiry.xRoad()
                .filter(said -> !clients.agree(said, inquiry.caller()))
                .isPresent()) {
            return new Ruling.Refused(ProblemCode.NOT_ALLOWED, "X-Road-Client is somebody else than who calls.");
        }
        boolean allowed = switch (inquiry.caller().role()) {
            case AGENCY -> true;
            case CONTROLLER -> operation != Operation.OPEN_CASE;
            case CITIZEN, DELEGATE, DPO -> operation != Operation.CONSULT_BATCH && operation != Operation.OPEN_CASE;
            case SUPPLIER -> operation == Operation.READ || operation == Operation.HISTORY;
            case AUDITOR, OPERATOR -> false;
        };
        if (!allowed) {
            return new Ruling.Refused(ProblemCode.NOT_ALLOWED, "Nothing was disclosed.");
        }
        return inquiry.caller().role() == Caller.Role.AGENCY
                ? mandated(inquiry.caller().id(), purpose.get().code(), operation.question())
                : new Ruling.Allowed(Allowance.EVERYTHING);
    }

    private Ruling mandated(String agency, String purpose, Question question) {
        Optional<Granted> mandate = catalogue.inForce(agency, purpose);
        if (mandate.isEmpty()) {
            return new Ruling.Refused(
                    ProblemCode.NO_MANDATE, "No mandate of this agency for this purpose is in force.");
        }
        return mandate.get().terms().allows(question)
                ? new Ruling.Allowed(new Allowance(mandate.get()))
                : new Ruling.Refused(ProblemCode.NOT_IN_MANDATE, "The mandate does not allow this question.");
    }

    /** What this agency may ask today; for nobody else. */
    List<Granted> mandates(Caller caller) {
        if (caller.role() != Caller.Role.AGENCY) {
            throw ProblemException.of(ProblemCode.NOT_ALLOWED, "Only agencies have mandates.");
        }
        return catalogue.inForce(caller.id());
    }

    /**
     * Whether a case is still told of anything: its mandate is in force today, allows it, and did so in all versions since that
     * under which the case was opened or renewed.
     */
    boolean allows(FollowedCase followed) {
        boolean today = catalogue
                .inForce(followed.agency(), followed.purpose())
                .filter(mandate -> mandate.id().equals(followed.mandate()))
                .filter(mandate -> mandate.terms().allows(Question.FOLLOW))
                .isPresent();
        return today
                && catalogue.versions().getOrDefault(new Key(followed.agency(), followed.purpose()), List.of()).stream()
                        .filter(version -> version.version() > followed.mandateVersion())
                        .allMatch(version ->
                                version.withdrawal() == null && version.terms().allows(Question.FOLLOW));
    }

    /** Whether this caller may ask about this number. */
    static boolean mayAsk(Caller caller, String insz) {
        return caller.person().map(insz::equals).orElse(true);
    }
}
