package eu.diplomatics.registry.transparency;

import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.TraceId;
import eu.diplomatics.registry.registration.Bodies;
import eu.diplomatics.registry.registration.FlatBody;
import eu.diplomatics.sealing.LogResumption.Proposal;
import eu.diplomatics.sealing.ResumptionException;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The way back after a loss, by two people of the controller's; and for everybody what was lost when. */
@RestController
final class ResumptionApi {
    private static final String PATH = "/v1/log/resumptions";

    private final LogResumptions resumptions;

    ResumptionApi(LogResumptions resumptions) {
        this.resumptions = resumptions;
    }

    /** All that have begun, the oldest first. */
    record Shown(List<LogResumptions.Begun> resumptions) {}

    /**
     * A proposal, to be shown to the witness and confirmed by somebody else.
     *
     * @param statement the declaration as the log signed it
     */
    record Proposed(
            int incarnation,
            long keptSize,
            long signedSize,
            long highestKnown,
            String reasonCode,
            String proposedBy,
            Instant proposedAt,
            String statement) {
        static Proposed of(Proposal proposal) {
            return new Proposed(
                    proposal.incarnation(),
                    proposal.declared().kept().size(),
                    proposal.declared().signed().size(),
                    proposal.declared().highestKnown(),
                    proposal.declared().reasonCode(),
                    proposal.proposedBy(),
                    proposal.proposedAt(),
                    proposal.note());
        }
    }

    @GetMapping(PATH)
    Shown all() {
        return new Shown(resumptions.begun());
    }

    @PostMapping(PATH)
    ResponseEntity<Proposed> propose(HttpServletRequest request) {
        String caller = Caller.controller(request).id();
        FlatBody body = FlatBody.read(
                Bodies.json(request), Set.of("reasonCode", "highestKnown", "checkpoint"), Set.of("reasonCode"));
        if (!body.get("reasonCode").matches("[A-Z][A-Z0-9_]{0,39}")) {
            throw FlatBody.malformed("/reasonCode", "capitals, digits and underscores are expected, at most 40");
        }
        if (!body.get("highestKnown").matches("[0-9]{0,18}")) {
            throw FlatBody.malformed("/highestKnown", "a position is expected");
        }
        long highestKnown = body.get("highestKnown").isEmpty() ? 0 : Long.parseLong(body.get("highestKnown"));
        Optional<byte[]> seen = body.get("checkpoint").isEmpty()
                ? Optional.empty()
                : Optional.of(body.get("checkpoint").getBytes(StandardCharsets.UTF_8));
        return ResponseEntity.status(HttpStatus.CREATED)
                .body(Proposed.of(answered(() ->
                        resumptions.propose(highestKnown, seen, body.get("reasonCode"), "controller:" + caller))));
    }

    @PostMapping(PATH + "/{incarnation}")
    LogResumptions.Begun confirm(@PathVariable int incarnation, HttpServletRequest request) {
        String caller = Caller.controller(request).id();
        FlatBody body = FlatBody.read(Bodies.json(request), Set.of("statement"), Set.of("statement"));
        return answered(() -> resumptions.confirm(
                incarnation,
                body.get("statement").getBytes(StandardCharsets.UTF_8),
                new EventMetadata("controller:" + caller, "api", "the log goes on after a loss", TraceId.of(request))));
    }

    private static <T> T answered(Supplier<T> work) {
        try {
            return work.get();
        } catch (ResumptionException e) {
            // names places in the log and sizes of trees, which are public
            throw ProblemException.of(ProblemCode.RESUMPTION_REFUSED, e.reason() + ": " + e.getMessage());
        }
    }
}
