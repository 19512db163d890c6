package eu.diplomatics.query.consultation;

import eu.diplomatics.query.disclosure.AccessGate;
import eu.diplomatics.query.disclosure.Accesses.Found;
import eu.diplomatics.query.disclosure.Accesses.Mine;
import eu.diplomatics.query.disclosure.Accesses.Sample;
import eu.diplomatics.query.disclosure.Accesses.Statistics;
import eu.diplomatics.query.disclosure.Search;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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

/** Who looked at whose data, when and why (R05). */
@RestController
@RequestMapping(path = "/v1/access-log", produces = MediaType.APPLICATION_JSON_VALUE)
final class AccessLogController {
    private static final int MOST_ON_A_PAGE = 200;
    private static final int ON_A_PAGE = 50;
    private static final int DRAWN = 20;
    private static final Duration LONGEST = Duration.ofDays(31);

    private final AccessGate gate;

    AccessLogController(AccessGate gate) {
        this.gate = gate;
    }

    @GetMapping("/mine")
    ResponseEntity<Mine> mine(
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        return uncached(gate.mine(Headers.inquiry(request), limit(limit, "parameter/limit"), cursor));
    }

    /** What is looked for; the number of a person stands in no address. */
    record Wanted(
            @Nullable String insz,
            @Nullable String from,
            @Nullable String until,
            @Nullable String agency,
            @Nullable String purpose,
            @Nullable Integer limit,
            @Nullable String cursor) {
        @Override
        public String toString() {
            return "Wanted[redacted]";
        }
    }

    @PostMapping(path = "/search", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Found> search(@RequestBody Wanted body, HttpServletRequest request) {
        Search search = new Search(
                body.insz(),
                Headers.moment(body.from(), "/from"),
                Headers.moment(body.until(), "/until"),
                body.agency(),
                body.purpose(),
                limit(body.limit(), "/limit"),
                body.cursor());
        return uncached(gate.search(Headers.inquiry(request), search));
    }

    /** Of which stretch of time, and of whom, some are drawn. */
    record ToDraw(
            @Nullable String from,
            @Nullable String until,
            @Nullable String agency,
            @Nullable String purpose,
            @Nullable Integer size) {}

    @PostMapping(path = "/sample", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Sample> sample(@RequestBody ToDraw body, HttpServletRequest request) {
        Search search = new Search(
                null,
                Headers.moment(body.from(), "/from"),
                Headers.moment(body.until(), "/until"),
                body.agency(),
                body.purpose(),
                size(body.size()),
                null);
        return uncached(gate.sample(Headers.inquiry(request), search));
    }

    @GetMapping("/statistics")
    ResponseEntity<Statistics> statistics(
            @RequestParam String from, @RequestParam String until, HttpServletRequest request) {
        Instant begin = hour(from, "parameter/from");
        Instant end = hour(until, "parameter/until");
        if (!begin.isBefore(end) || begin.plus(LONGEST).isBefore(end)) {
            throw ProblemException.at(
                    ProblemCode.MALFORMED, "parameter/until", "After from, and 31 days later at most.");
        }
        if (end.isAfter(Clock.systemUTC().instant())) {
            throw ProblemException.at(
                    ProblemCode.DATE_IN_FUTURE, "parameter/until", "Hours are counted when they are over.");
        }
        return uncached(gate.statistics(Headers.inquiry(request), begin, end));
    }

    private static Instant hour(String text, String pointer) {
        Instant moment = Headers.moment(text, pointer);
        if (moment == null || !moment.equals(moment.truncatedTo(ChronoUnit.HOURS))) {
            throw ProblemException.at(ProblemCode.MALFORMED, pointer, "A whole hour, such as 2026-11-23T08:00:00Z.");
        }
        return moment;
    }

    private static int limit(@Nullable Integer limit, String pointer) {
        if (limit == null) {
            return ON_A_PAGE;
        }
        if (limit < 1 || limit > MOST_ON_A_PAGE) {
            throw ProblemException.at(ProblemCode.MALFORMED, pointer, "A page has 1 to 200 accesses.");
        }
        return limit;
    }

    private static int size(@Nullable Integer size) {
        if (size == null) {
            return DRAWN;
        }
        if (size < 1 || size > MOST_ON_A_PAGE) {
            throw ProblemException.at(ProblemCode.MALFORMED, "/size", "1 to 200 are drawn.");
        }
        return size;
    }

    private static <T> ResponseEntity<T> uncached(T answer) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(answer);
    }
}
