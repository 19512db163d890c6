package eu.diplomatics.query.consultation;

import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.disclosure.Answers.Mandates;
import eu.diplomatics.query.disclosure.DisclosureGate;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** For which purposes an agency may ask what (R24), so that its people can choose one. */
@RestController
final class MandateController {
    private final DisclosureGate gate;

    MandateController(DisclosureGate gate) {
        this.gate = gate;
    }

    @GetMapping(path = "/v1/mandates/mine", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Mandates> mine(HttpServletRequest request) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(gate.mandates(Caller.of(request)));
    }
}
