package eu.diplomatics.query.consultation;

import eu.diplomatics.query.disclosure.CaseGate;
import eu.diplomatics.query.disclosure.Cases.Closed;
import eu.diplomatics.query.disclosure.Cases.Opened;
import eu.diplomatics.query.disclosure.Cases.Page;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Cases of agencies, which are told what happens to the records of whom they are about. */
@RestController
@RequestMapping(path = "/v1/cases", produces = MediaType.APPLICATION_JSON_VALUE)
final class CaseController {
    private static final int MOST_ON_A_PAGE = 500;

    private final CaseGate gate;

    CaseController(CaseGate gate) {
        this.gate = gate;
    }

    /** @param until the last day, as in 2027-01-31 */
    record CaseRequest(@Nullable String insz, @Nullable String until) {
        @Override
        public String toString() {
            return "CaseRequest[redacted]";
        }
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Opened> open(@RequestBody CaseRequest body, HttpServletRequest request) {
        String insz = body.insz();
        if (insz == null) {
            throw ProblemException.at(ProblemCode.FIELD_REQUIRED, "/insz", "Whom the case is about.");
        }
        return uncached(gate.open(Headers.inquiry(request), insz, day(body.until())));
    }

    @GetMapping
    ResponseEntity<Page> list(
            @RequestParam(required = false) @Nullable UUID after,
            @RequestParam(required = false) @Nullable Integer limit,
            HttpServletRequest request) {
        if (limit != null && (limit < 1 || limit > MOST_ON_A_PAGE)) {
            throw ProblemException.at(ProblemCode.MALFORMED, "parameter/limit", "A page has 1 to 500 cases.");
        }
        return uncached(gate.list(Headers.inquiry(request), after, limit == null ? MOST_ON_A_PAGE : limit));
    }

    @PostMapping("/{id}/closure")
    ResponseEntity<Closed> close(@PathVariable UUID id, HttpServletRequest request) {
        return uncached(gate.close(Headers.inquiry(request), id));
    }

    private static @Nullable LocalDate day(@Nullable String text) {
        try {
            return text == null ? null : LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw ProblemException.at(ProblemCode.MALFORMED, "/until", "A day is written as 2027-01-31.");
        }
    }

    private static <T> ResponseEntity<T> uncached(T answer) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(answer);
    }
}
