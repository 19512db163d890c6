package eu.diplomatics.query.consultation;

import eu.diplomatics.query.disclosure.Answers.Verdict;
import eu.diplomatics.query.disclosure.DisclosureGate;
import eu.diplomatics.query.disclosure.Inquiry;
import eu.diplomatics.query.freshness.Freshness;
import eu.diplomatics.query.predicate.HoldsLevel;
import eu.diplomatics.query.predicate.HoldsLevel.Framework;
import eu.diplomatics.query.predicate.HoldsLevel.Level;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Questions about one person that are answered yes or no, and with nothing else (R24). */
@RestController
final class PredicateController {
    private final DisclosureGate gate;
    private final Freshness freshness;

    PredicateController(DisclosureGate gate, Freshness freshness) {
        this.gate = gate;
        this.freshness = freshness;
    }

    /** The body of a question. */
    record Asked(@Nullable String insz, @Nullable Wording question) {
        @Override
        public String toString() {
            return "Asked[redacted]";
        }
    }

    /** At least one of level and field, and a day. */
    record Wording(
            @Nullable AtLeast levelAtLeast,
            @Nullable String field,
            @Nullable String on) {}

    /** A level of a framework. */
    record AtLeast(@Nullable String framework, @Nullable Integer level) {}

    @PostMapping(
            path = "/v1/predicates",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Verdict> decide(@RequestBody Asked body, HttpServletRequest request) {
        Inquiry inquiry = Headers.inquiry(request);
        if (body.insz() == null) {
            throw ProblemException.at(ProblemCode.FIELD_REQUIRED, "/insz", "The number is missing.");
        }
        HoldsLevel question = question(body.question());
        Headers.awaitPosition(request, freshness);
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(gate.decide(inquiry, body.insz(), question));
    }

    private static HoldsLevel question(@Nullable Wording wording) {
        if (wording == null || wording.levelAtLeast() == null && wording.field() == null) {
            throw ProblemException.at(ProblemCode.FIELD_REQUIRED, "/question", "Ask for a level, a field, or both.");
        }
        String field = wording.field();
        if (field != null && !field.matches("[0-9]{2,4}")) {
            throw ProblemException.at(
                    ProblemCode.MALFORMED,
                    "/question/field",
                    "The beginning of a code of ISCED-F 2013: 2 to 4 digits.");
        }
        return new HoldsLevel(level(wording.levelAtLeast()), field, day(wording.on()));
    }

    private static @Nullable Level level(@Nullable AtLeast least) {
        if (least == null) {
            return null;
        }
        Integer level = least.level();
        try {
            if (level != null && level >= 0 && level <= 8 && least.framework() != null) {
                return new Level(Framework.valueOf(least.framework()), level);
            }
        } catch (IllegalArgumentException e) {
            // refused below
        }
        throw ProblemException.at(
                ProblemCode.MALFORMED,
                "/question/levelAtLeast",
                "A framework ISCED_2011, VKS or EQF, and a level 0 to 8.");
    }

    private static LocalDate day(@Nullable String text) {
        if (text == null) {
            throw ProblemException.at(ProblemCode.FIELD_REQUIRED, "/question/on", "The day is missing.");
        }
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw ProblemException.at(ProblemCode.MALFORMED, "/question/on", "A day is written as 2026-11-23.");
        }
    }
}
