package eu.diplomatics.registry.identity;

import eu.diplomatics.qualification.HolderRequest.SeekHolders;
import eu.diplomatics.qualification.HolderRequestJson;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.identity.Seeking.Candidate;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.registry.registration.Authorship;
import eu.diplomatics.registry.registration.Bodies;
import eu.diplomatics.registry.registration.Rules;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whom the controller may have to link. Nobody else searches, and nobody for anything else. */
@RestController
final class CandidatesApi {
    private final Seeking seeking;
    private final Rules rules;

    CandidatesApi(Seeking seeking, Rules rules) {
        this.seeking = seeking;
        this.rules = rules;
    }

    record Candidates(List<Candidate> candidates) {}

    @PostMapping("/v1/holders/candidates")
    ResponseEntity<Candidates> seek(HttpServletRequest request) {
        Caller controller = Caller.controller(request);
        SeekHolders read =
                Rejections.orProblem(HolderRequestJson.readSearch(Bodies.json(request), rules.now(Mode.STRICT)));
        List<Candidate> found = seeking.seek(
                read, controller, Authorship.of(request, controller, read.why().reason()));
        return ResponseEntity.ok().header(HttpHeaders.CACHE_CONTROL, "no-store").body(new Candidates(found));
    }
}
