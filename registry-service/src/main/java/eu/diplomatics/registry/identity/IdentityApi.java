package eu.diplomatics.registry.identity;

import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.qualification.HolderRequest.LinkNumber;
import eu.diplomatics.qualification.HolderRequest.MoveQualification;
import eu.diplomatics.qualification.HolderRequest.Named;
import eu.diplomatics.qualification.HolderRequest.ReplaceNumber;
import eu.diplomatics.qualification.HolderRequestJson;
import eu.diplomatics.qualification.LinkKind;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.qualification.StateRequest;
import eu.diplomatics.receipt.Receipt;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.identity.Ends.End;
import eu.diplomatics.registry.identity.Linking.LinkHolders;
import eu.diplomatics.registry.identity.Moving.MoveTo;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.registry.receipt.Receipts;
import eu.diplomatics.registry.registration.Acknowledgement;
import eu.diplomatics.registry.registration.Authorship;
import eu.diplomatics.registry.registration.Bodies;
import eu.diplomatics.registry.registration.CommandIds;
import eu.diplomatics.registry.registration.PathReference;
import eu.diplomatics.registry.registration.Rules;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Numbers that come later or are replaced, links and filings that were wrong. Numbers stand in bodies only. */
@RestController
final class IdentityApi {
    private final Linking linking;
    private final Moving moving;
    private final Rules rules;
    private final CommandIds commandIds;
    private final Receipts receipts;

    IdentityApi(Linking linking, Moving moving, Rules rules, CommandIds commandIds, Receipts receipts) {
        this.linking = linking;
        this.moving = moving;
        this.rules = rules;
        this.commandIds = commandIds;
        this.receipts = receipts;
    }

    /** How a link stands. */
    enum LinkState {
        LINKED,
        UNDONE
    }

    /** @param receipt of the event in the stream of whoever was linked, or whose number was replaced */
    record LinkAnswer(UUID id, LinkKind kind, LinkState state, Receipt receipt) {}

    @PostMapping("/v1/holders/links")
    ResponseEntity<LinkAnswer> link(HttpServletRequest request) {
        Caller caller = Caller.supplierOrController(request);
        CommandIds.Id command = commandIds.of(request, caller.actor());
        LinkNumber read =
                Rejections.orProblem(HolderRequestJson.readLink(Bodies.json(request), rules.now(Mode.STRICT)));
        IdentityOutcome outcome = linking.link(new LinkHolders(
                command.id(),
                command.repeatable(),
                caller,
                LinkKind.NUMBER_LINKED,
                end(read.named(), caller),
                read.insz(),
                read.why().reasonCode(),
                Authorship.of(request, caller, read.why().reason())));
        return answer(outcome, LinkState.LINKED, 201);
    }

    private static End end(Named named, Caller caller) {
        return switch (named) {
            case Named.ByReference(UUID reference) -> new End.OfQualification(reference);
            case Named.ByLocalNumber(String supplier, String localNumber) -> {
                if (supplier == null && caller.role() == Caller.Role.CONTROLLER) {
                    throw Rejections.problem(List.of(
                            new Rejection(RejectionCode.FIELD_REQUIRED, "/supplier", "say whose local number it is")));
                }
                yield new End.LocalNumber(supplier == null ? caller.id() : supplier, localNumber);
            }
        };
    }

    @PostMapping("/v1/holders/replacements")
    ResponseEntity<LinkAnswer> replace(HttpServletRequest request) {
        Caller caller = Caller.controller(request);
        CommandIds.Id command = commandIds.of(request, caller.actor());
        ReplaceNumber read =
                Rejections.orProblem(HolderRequestJson.readReplacement(Bodies.json(request), rules.now(Mode.STRICT)));
        IdentityOutcome outcome = linking.link(new LinkHolders(
                command.id(),
                command.repeatable(),
                caller,
                LinkKind.NUMBER_REPLACED,
                new End.Number(read.oldInsz()),
                read.newInsz(),
                read.why().reasonCode(),
                Authorship.of(request, caller, read.why().reason())));
        return answer(outcome, LinkState.LINKED, 201);
    }

    @PostMapping("/v1/holders/links/{id}/undo")
    ResponseEntity<LinkAnswer> undo(@PathVariable String id, HttpServletRequest request) {
        Caller caller = Caller.supplierOrController(request);
        UUID link = PathReference.read(id, "There is no such link.");
        StateRequest why =
                Rejections.orProblem(QualificationJson.readState(Bodies.json(request), rules.now(Mode.STRICT)));
        IdentityOutcome outcome = linking.undo(
                link, caller, UUID.randomUUID(), why.reasonCode(), Authorship.of(request, caller, why.reason()));
        return answer(outcome, LinkState.UNDONE, 200);
    }

    private ResponseEntity<LinkAnswer> answer(IdentityOutcome outcome, LinkState state, int first) {
        return switch (outcome) {
            case IdentityOutcome.Done(UUID id, LinkKind kind, EventPlace place, boolean now) ->
                ResponseEntity.status(now ? first : 200)
                        .header(HttpHeaders.CACHE_CONTROL, "no-store")
                        .body(new LinkAnswer(id, kind, state, receipts.of(place)));
            default -> throw notDone(outcome);
        };
    }

    private static RuntimeException notDone(IdentityOutcome outcome) {
        return switch (outcome) {
            case IdentityOutcome.Refused(Rejection rejection) -> Rejections.problem(List.of(rejection));
            case IdentityOutcome.KeyReused() ->
                ProblemException.at(
                        ProblemCode.IDEMPOTENCY_CONFLICT,
                        "header/" + CommandIds.HEADER,
                        "The key was used for something else.");
            default -> new IllegalStateException("not what this request comes to");
        };
    }

    @PostMapping("/v1/qualifications/{reference}/holder")
    ResponseEntity<Receipt> move(@PathVariable String reference, HttpServletRequest request) {
        Caller caller = Caller.supplierOrController(request);
        UUID stream = PathReference.qualification(reference);
        MoveQualification read =
                Rejections.orProblem(HolderRequestJson.readMove(Bodies.json(request), rules.now(Mode.STRICT)));
        IdentityOutcome outcome = moving.move(new MoveTo(
                UUID.randomUUID(),
                caller,
                stream,
                read.to(),
                read.why().reasonCode(),
                Authorship.of(request, caller, read.why().reason())));
        if (outcome instanceof IdentityOutcome.Moved(EventPlace place, long version)) {
            return Acknowledgement.of(200, receipts.of(place), stream, version);
        }
        throw notDone(outcome);
    }
}
