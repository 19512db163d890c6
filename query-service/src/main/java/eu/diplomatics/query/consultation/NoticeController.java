package eu.diplomatics.query.consultation;

import eu.diplomatics.query.disclosure.NoticeGate;
import eu.diplomatics.query.disclosure.Notices.Acknowledged;
import eu.diplomatics.query.disclosure.Notices.Page;
import eu.diplomatics.query.notice.NoticeKeys;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What happened to records that an agency received (GDPR, article 19). */
@RestController
@RequestMapping(path = "/v1/notices", produces = MediaType.APPLICATION_JSON_VALUE)
final class NoticeController {
    private static final int MOST_ON_A_PAGE = 500;

    private final NoticeGate gate;
    private final NoticeKeys keys;

    NoticeController(NoticeGate gate, NoticeKeys keys) {
        this.gate = gate;
        this.keys = keys;
    }

    /** By which the signatures of what comes to webhooks are verified. */
    @GetMapping("/keys")
    Map<String, Object> keys() {
        return keys.set();
    }

    @GetMapping
    ResponseEntity<Page> read(
            @RequestParam(required = false) @Nullable Long after,
            @RequestParam(required = false) @Nullable Integer limit,
            HttpServletRequest request) {
        if (after != null && after < 0) {
            throw ProblemException.at(ProblemCode.MALFORMED, "parameter/after", "The number of a notice, or 0.");
        }
        if (limit != null && (limit < 1 || limit > MOST_ON_A_PAGE)) {
            throw ProblemException.at(ProblemCode.MALFORMED, "parameter/limit", "A page has 1 to 500 notices.");
        }
        return uncached(
                gate.read(Headers.inquiry(request), after == null ? 0 : after, limit == null ? MOST_ON_A_PAGE : limit));
    }

    /** The number of the last notice that the agency has dealt with. */
    record UpTo(@Nullable Long upTo) {}

    @PostMapping(path = "/acknowledgements", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Acknowledged> acknowledge(@RequestBody UpTo body, HttpServletRequest request) {
        Long upTo = body.upTo();
        if (upTo == null) {
            throw ProblemException.at(ProblemCode.FIELD_REQUIRED, "/upTo", "The number of a notice.");
        }
        if (upTo < 0) {
            throw ProblemException.at(ProblemCode.MALFORMED, "/upTo", "The number of a notice, or 0.");
        }
        return uncached(gate.acknowledge(Headers.inquiry(request), upTo));
    }

    private static <T> ResponseEntity<T> uncached(T answer) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(answer);
    }
}
