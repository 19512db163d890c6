package eu.diplomatics.query.consultation;

import eu.diplomatics.query.disclosure.Answers.History;
import eu.diplomatics.query.disclosure.Answers.One;
import eu.diplomatics.query.disclosure.DisclosureGate;
import eu.diplomatics.query.disclosure.Inquiry;
import eu.diplomatics.query.freshness.Freshness;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** One qualification by the registry's reference, which is random and says nothing about anybody. */
@RestController
@RequestMapping(path = "/v1/qualifications/{reference}", produces = MediaType.APPLICATION_JSON_VALUE)
final class QualificationController {
    private final DisclosureGate gate;
    private final Freshness freshness;

    QualificationController(DisclosureGate gate, Freshness freshness) {
        this.gate = gate;
        this.freshness = freshness;
    }

    @GetMapping
    ResponseEntity<One> read(
            @PathVariable UUID reference,
            @RequestParam(required = false) @Nullable String asOf,
            HttpServletRequest request) {
        Inquiry inquiry = Headers.inquiry(request);
        Instant moment = Headers.asOf(asOf, "parameter/asOf");
        Headers.awaitPosition(request, freshness);
        One one = gate.read(inquiry, reference, moment);
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .eTag("\"" + one.qualification().version() + "\"")
                .body(one);
    }

    @GetMapping("/history")
    ResponseEntity<History> history(@PathVariable UUID reference, HttpServletRequest request) {
        Inquiry inquiry = Headers.inquiry(request);
        Headers.awaitPosition(request, freshness);
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(gate.history(inquiry, reference));
    }
}
