package eu.diplomatics.registry.registration;

import eu.diplomatics.qualification.CorrectionRequest;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationCommand;
import eu.diplomatics.qualification.QualificationCommand.AnnulQualification;
import eu.diplomatics.qualification.QualificationCommand.ReinstateQualification;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.qualification.StateRequest;
import eu.diplomatics.receipt.Receipt;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.registry.problem.TraceId;
import eu.diplomatics.registry.receipt.Receipts;
import eu.diplomatics.registry.registration.Registrations.Done;
import eu.diplomatics.taxonomy.Admission;
import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/** One qualification at a time: register, correct, annul, reinstate. */
@RestController
final class QualificationApi {
    private static final String PATH = "/v1/qualifications";

    private final Registrations registrations;
    private final Admission admission;
    private final Rules rules;
    private final Receipts receipts;
    private final CommandIds commandIds;

    QualificationApi(
            Registrations registrations, Admission admission, Rules rules, Receipts receipts, CommandIds commandIds) {
        this.registrations = registrations;
        this.admission = admission;
        this.rules = rules;
        this.receipts = receipts;
        this.commandIds = commandIds;
    }

    @PostMapping(PATH)
    ResponseEntity<Receipt> register(HttpServletRequest request) {
        String supplier = Caller.supplier(request);
        CommandIds.Id command = commandIds.of(request, supplier);
        RegistrationRequest read =
                Rejections.orProblem(QualificationJson.readRegistration(Bodies.json(request), rules.now(Mode.STRICT)));
        Done done = registrations.register(supplier, read, command, metadata(request, supplier, ""));
        return answer(done.isNew() ? 201 : 200, done);
    }

    @PutMapping(PATH + "/{reference}")
    ResponseEntity<Receipt> correct(@PathVariable String reference, HttpServletRequest request) {
        String supplier = Caller.supplier(request);
        UUID stream = PathReference.qualification(reference);
        long expected = ETags.required(request.getHeader(HttpHeaders.IF_MATCH));
        CorrectionRequest read =
                Rejections.orProblem(QualificationJson.readCorrection(Bodies.json(request), rules.now(Mode.STRICT)));
        QualificationCommand change = Rejections.orProblem(admission.correct(supplier, read, Mode.STRICT));
        return change(request, stream, supplier, change, expected, read.reason());
    }

    @PostMapping(PATH + "/{reference}/annulment")
    ResponseEntity<Receipt> annul(@PathVariable String reference, HttpServletRequest request) {
        return changeState(reference, request, AnnulQualification::new);
    }

    @PostMapping(PATH + "/{reference}/reinstatement")
    ResponseEntity<Receipt> reinstate(@PathVariable String reference, HttpServletRequest request) {
        return changeState(reference, request, ReinstateQualification::new);
    }

    private ResponseEntity<Receipt> changeState(
            String reference, HttpServletRequest request, BiFunction<String, String, QualificationCommand> change) {
        String supplier = Caller.supplier(request);
        UUID stream = PathReference.qualification(reference);
        StateRequest read =
                Rejections.orProblem(QualificationJson.readState(Bodies.json(request), rules.now(Mode.STRICT)));
        return change(request, stream, supplier, change.apply(supplier, read.reasonCode()), null, read.reason());
    }

    private ResponseEntity<Receipt> change(
            HttpServletRequest request,
            UUID reference,
            String supplier,
            QualificationCommand change,
            @Nullable Long expected,
            String reason) {
        return answer(200, registrations.change(reference, change, expected, metadata(request, supplier, reason)));
    }

    private ResponseEntity<Receipt> answer(int status, Done done) {
        return Acknowledgement.of(status, receipts.of(done.place()), done.place().stream(), done.version());
    }

    private static EventMetadata metadata(HttpServletRequest request, String supplier, String reason) {
        return new EventMetadata("supplier:" + supplier, "api", reason, TraceId.of(request));
    }
}
