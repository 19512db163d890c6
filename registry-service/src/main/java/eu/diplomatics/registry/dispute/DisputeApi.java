package eu.diplomatics.registry.dispute;

import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.DisputeOutcome;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationCommand;
import eu.diplomatics.qualification.QualificationCommand.DisputeQualification;
import eu.diplomatics.qualification.QualificationCommand.SettleDispute;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.RequestRules;
import eu.diplomatics.qualification.SettlementRequest;
import eu.diplomatics.qualification.StateRequest;
import eu.diplomatics.receipt.Receipt;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.dispute.Disputes.Open;
import eu.diplomatics.registry.identity.Owners;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.QueryNumber;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.registry.receipt.Receipts;
import eu.diplomatics.registry.registration.Acknowledgement;
import eu.diplomatics.registry.registration.Authorship;
import eu.diplomatics.registry.registration.Bodies;
import eu.diplomatics.registry.registration.PathReference;
import eu.diplomatics.registry.registration.Registrations;
import eu.diplomatics.registry.registration.Registrations.Done;
import eu.diplomatics.registry.registration.Rules;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Who a record is about disputes it, or the controller for them; who registered it settles that, or the controller; the person or the
 * controller may withdraw it. A record that is not somebody's is as one that is not there.
 */
@RestController
final class DisputeApi {
    private static final String ONE = "/v1/qualifications/{reference}/dispute";
    private static final int MOST = 500;
    private static final long LAST = 999_999_999_999_999_999L;
    private static final int ATTEMPTS = 3;

    private final Registrations registrations;
    private final Owners owners;
    private final Disputes disputes;
    private final Rules rules;
    private final Receipts receipts;
    private final DisputeSettings settings;

    DisputeApi(
            Registrations registrations,
            Owners owners,
            Disputes disputes,
            Rules rules,
            Receipts receipts,
            DisputeSettings settings) {
        this.registrations = registrations;
        this.owners = owners;
        this.disputes = disputes;
        this.rules = rules;
        this.receipts = receipts;
        this.settings = settings;
    }

    @PostMapping(ONE)
    ResponseEntity<Receipt> dispute(@PathVariable String reference, HttpServletRequest request) {
        Caller caller = Caller.personOrController(request);
        UUID stream = PathReference.qualification(reference);
        RequestRules now = rules.now(Mode.STRICT);
        StateRequest why = Rejections.orProblem(QualificationJson.readState(Bodies.json(request), now));
        return change(
                request,
                stream,
                new DisputeQualification(
                        caller.isPerson(), why.reasonCode(), now.today().plusDays(settings.days())),
                caller,
                why.reason());
    }

    @PostMapping(ONE + "/settlement")
    ResponseEntity<Receipt> settle(@PathVariable String reference, HttpServletRequest request) {
        Caller caller = Caller.supplierOrController(request);
        UUID stream = PathReference.qualification(reference);
        SettlementRequest read =
                Rejections.orProblem(QualificationJson.readSettlement(Bodies.json(request), rules.now(Mode.STRICT)));
        String supplier = caller.role() == Caller.Role.SUPPLIER ? caller.id() : null;
        return change(
                request,
                stream,
                new SettleDispute(supplier, read.outcome(), read.why().reasonCode()),
                caller,
                read.why().reason());
    }

    @PostMapping(ONE + "/withdrawal")
    ResponseEntity<Receipt> withdraw(@PathVariable String reference, HttpServletRequest request) {
        Caller caller = Caller.personOrController(request);
        UUID stream = PathReference.qualification(reference);
        StateRequest why =
                Rejections.orProblem(QualificationJson.readState(Bodies.json(request), rules.now(Mode.STRICT)));
        return change(
                request,
                stream,
                new SettleDispute(null, DisputeOutcome.WITHDRAWN, why.reasonCode()),
                caller,
                why.reason());
    }

    /** @param next what to ask with as {@code after} for more; null where there are none */
    record Page(List<Open> disputes, @Nullable Long next) {}

    @GetMapping("/v1/disputes")
    ResponseEntity<Page> open(
            HttpServletRequest request,
            @RequestParam(defaultValue = "0") String after,
            @RequestParam(defaultValue = "100") String limit) {
        Caller caller = Caller.supplierOrOverseer(request);
        int most = (int) QueryNumber.read(limit, "limit", 1, MOST);
        String supplier = caller.role() == Caller.Role.SUPPLIER ? caller.id() : null;
        List<Open> open = disputes.open(supplier, QueryNumber.read(after, "after", 0, LAST), most);
        return ResponseEntity.ok()
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(new Page(open, open.size() < most ? null : open.getLast().position()));
    }

    private ResponseEntity<Receipt> change(
            HttpServletRequest request, UUID stream, QualificationCommand change, Caller caller, String reason) {
        Done done = done(stream, change, caller, Authorship.of(request, caller, reason));
        boolean created = done.isNew() && change instanceof DisputeQualification;
        return Acknowledgement.of(created ? 201 : 200, receipts.of(done.place()), stream, done.version());
    }

    /** On condition that it is still theirs: it may be moved just now. */
    private Done done(UUID stream, QualificationCommand change, Caller caller, EventMetadata metadata) {
        for (int attempt = 1; ; attempt++) {
            Long seen = caller.isPerson() ? theirs(stream, caller) : null;
            try {
                return registrations.change(stream, change, seen, metadata);
            } catch (ProblemException e) {
                if (attempt == ATTEMPTS || !e.code().equals(ProblemCode.VERSION_STALE.name())) {
                    throw e;
                }
            }
        }
    }

    private long theirs(UUID reference, Caller caller) {
        if (rules.number(caller.id()) instanceof Checked.Valid<Insz>(Insz insz)) {
            return owners.version(reference, insz, caller).orElseThrow(DisputeApi::unknown);
        }
        throw unknown();
    }

    private static ProblemException unknown() {
        return ProblemException.of(ProblemCode.UNKNOWN_REFERENCE, "Nothing is registered under this reference.");
    }
}
