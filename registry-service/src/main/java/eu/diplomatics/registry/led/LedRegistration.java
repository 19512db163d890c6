package eu.diplomatics.registry.led;

import eu.diplomatics.led.LedQuestion;
import eu.diplomatics.led.LedQuestion.Subject;
import eu.diplomatics.led.MutationReference;
import eu.diplomatics.qualification.CorrectionRequest;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationCommand.AnnulQualification;
import eu.diplomatics.qualification.QualificationCommand.ReinstateQualification;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.qualification.StateRequest;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.registry.registration.CommandIds;
import eu.diplomatics.registry.registration.Registrations;
import eu.diplomatics.registry.registration.Registrations.Done;
import eu.diplomatics.registry.registration.Registrations.Standing;
import eu.diplomatics.registry.registration.Rules;
import eu.diplomatics.taxonomy.Institutions;
import eu.diplomatics.taxonomy.InstitutionsNow;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** What the LED's questions ask, as commands. In the LED a record is known by supplier and supplier's reference. */
@Component
final class LedRegistration {
    /** The code of a reinstatement that follows from registering anew. */
    private static final String AGAIN = "REGISTERED_AGAIN";

    private final Registrations registrations;
    private final InstitutionsNow institutions;
    private final Rules rules;

    LedRegistration(Registrations registrations, InstitutionsNow institutions, Rules rules) {
        this.registrations = registrations;
        this.institutions = institutions;
        this.rules = rules;
    }

    /**
     * Registers, or says again what was registered before. In the LED a correction is an annulment and a registration
     * anew: what is annulled is reinstated then, and corrected where it differs, so that it stays one record.
     */
    Done register(LedCall call, LedQuestion question) {
        String supplier = supplier(call, question.subject());
        RegistrationRequest request = Rejections.orProblem(question.registration(rules.now(Mode.STRICT)));
        Optional<Standing> before = registrations
                .find(supplier, request.supplierReference())
                .filter(found -> found.holder().equals(request.holder()));
        // the second half of an earlier attempt may still have to be done
        if (before.isPresent()
                && (before.get().annulled() || before.get().reinstatedFor().equals(AGAIN))) {
            return registerAgain(call, supplier, request, before.get());
        }
        if (before.isPresent() && before.get().basis().equals(request.basis())) {
            return registrations.correct(
                    supplier,
                    before.get().reference(),
                    new CorrectionRequest(request.basis(), ""),
                    null,
                    metadata(call, supplier, ""));
        }
        return registrations.register(
                supplier, request, new CommandIds.Id(UUID.randomUUID(), false), metadata(call, supplier, ""));
    }

    private Done registerAgain(LedCall call, String supplier, RegistrationRequest request, Standing before) {
        EventMetadata metadata = metadata(call, supplier, "registered again after an annulment");
        boolean same = request.basis().equals(before.basis());
        CorrectionRequest correction = new CorrectionRequest(request.basis(), metadata.reason());
        if (!same) {
            registrations.check(supplier, correction);
        }
        Done reinstated =
                registrations.change(before.reference(), new ReinstateQualification(supplier, AGAIN), null, metadata);
        return same ? reinstated : registrations.correct(supplier, before.reference(), correction, null, metadata);
    }

    /** Corrects: the whole basis data anew. */
    Done correct(LedCall call, LedQuestion question) {
        String supplier = supplier(call, question.subject());
        CorrectionRequest request = Rejections.orProblem(question.correction(rules.now(Mode.STRICT)));
        Standing standing = standing(supplier, question.subject());
        Long expected = question.seen()
                .filter(seen -> seen.reference().equals(standing.reference()))
                .map(MutationReference::version)
                .orElse(null);
        if (question.saysVersion() && expected == null) {
            throw ProblemException.of(ProblemCode.VERSION_STALE, "Another record, or none, has this version.");
        }
        return registrations.correct(
                supplier, standing.reference(), request, expected, metadata(call, supplier, request.reason()));
    }

    Done annul(LedCall call, LedQuestion question) {
        String supplier = supplier(call, question.subject());
        StateRequest why = Rejections.orProblem(question.annulment(rules.now(Mode.STRICT)));
        Standing standing = standing(supplier, question.subject());
        return registrations.change(
                standing.reference(),
                new AnnulQualification(supplier, why.reasonCode()),
                null,
                metadata(call, supplier, why.reason()));
    }

    /** Of this supplier, under this reference, and of this person: anything else is as unknown as nothing. */
    private Standing standing(String supplier, Subject subject) {
        return registrations
                .find(supplier, subject.supplierReference())
                .filter(found -> found.holder() instanceof ByInsz(var insz)
                        && insz.digits().equals(subject.insz()))
                .orElseThrow(() -> ProblemException.of(
                        ProblemCode.UNKNOWN_REFERENCE, "Nothing is registered under this reference."));
    }

    /** The supplier that calls, which the message has to name: nobody registers for another. */
    private String supplier(LedCall call, Subject subject) {
        Caller caller = call.caller();
        if (caller.role() != Caller.Role.SUPPLIER) {
            throw ProblemException.of(ProblemCode.NOT_ALLOWED, "Only suppliers register.");
        }
        Institutions known = institutions.now();
        if (known.isWithdrawn(caller.id())) {
            throw Rejections.problem(List.of(Institutions.withdrawal()));
        }
        String named = known.supplier(subject.supplier())
                .map(Institutions.Supplier::id)
                .orElse("");
        if (!named.equals(caller.id())) {
            throw Rejections.problem(List.of(new Rejection(
                    RejectionCode.NOT_YOUR_INSTITUTION, "/supplier", "the message names another supplier")));
        }
        return caller.id();
    }

    private static EventMetadata metadata(LedCall call, String supplier, String reason) {
        return new EventMetadata("supplier:" + supplier, "led", reason, call.traceId());
    }
}
