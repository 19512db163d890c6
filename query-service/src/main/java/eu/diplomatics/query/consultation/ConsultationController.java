package eu.diplomatics.query.consultation;

import eu.diplomatics.query.disclosure.Answers.Batch;
import eu.diplomatics.query.disclosure.Answers.Consultation;
import eu.diplomatics.query.disclosure.DisclosureGate;
import eu.diplomatics.query.disclosure.Inquiry;
import eu.diplomatics.query.freshness.Freshness;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Consultation by national number, which stands in the body only: never in a URL. */
@RestController
@RequestMapping(path = "/v1/consultations", produces = MediaType.APPLICATION_JSON_VALUE)
final class ConsultationController {
    private static final int MOST_IN_A_BATCH = 1_000;

    private final DisclosureGate gate;
    private final Freshness freshness;

    ConsultationController(DisclosureGate gate, Freshness freshness) {
        this.gate = gate;
        this.freshness = freshness;
    }

    /** The body of a consultation. */
    record ByNumber(@Nullable String insz, @Nullable String asOf) {
        @Override
        public String toString() {
            return "ByNumber[redacted]";
        }
    }

    /** The body of a batch. */
    record ByNumbers(@Nullable List<@Nullable String> insz) {
        @Override
        public String toString() {
            return "ByNumbers[redacted]";
        }
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Consultation> consult(@RequestBody ByNumber body, HttpServletRequest request) {
        Inquiry inquiry = Headers.inquiry(request);
        if (body.insz() == null) {
            throw ProblemException.at(ProblemCode.FIELD_REQUIRED, "/insz", "The number is missing.");
        }
        var asOf = Headers.asOf(body.asOf(), "/asOf");
        Headers.awaitPosition(request, freshness);
        return uncached(gate.consult(inquiry, body.insz(), asOf));
    }

    @PostMapping(path = "/batch", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Batch> consultAll(@RequestBody ByNumbers body, HttpServletRequest request) {
        Inquiry inquiry = Headers.inquiry(request);
        List<@Nullable String> numbers = body.insz();
        if (numbers == null) {
            throw ProblemException.at(ProblemCode.FIELD_REQUIRED, "/insz", "The numbers are missing.");
        }
        if (numbers.isEmpty() || numbers.size() > MOST_IN_A_BATCH) {
            throw ProblemException.at(ProblemCode.MALFORMED, "/insz", "A batch has 1 to 1000 numbers.");
        }
        Headers.awaitPosition(request, freshness);
        return uncached(gate.consult(inquiry, numbers));
    }

    private static <T> ResponseEntity<T> uncached(T answer) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(answer);
    }
}
