package eu.diplomatics.registry.mandate;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.qualification.Mandate;
import eu.diplomatics.qualification.MandateJson;
import eu.diplomatics.qualification.Mandates;
import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.qualification.Mandates.Noted;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.StateRequest;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.registry.registration.Authorship;
import eu.diplomatics.registry.registration.Bodies;
import eu.diplomatics.registry.registration.ETags;
import eu.diplomatics.registry.registration.Rules;
import eu.diplomatics.sensitivity.Sensitivity;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The catalogue of mandates, kept by the controller. */
@RestController
final class MandateApi {
    private static final String PATH = "/v1/mandates";
    private static final String ONE = PATH + "/{agency}/{purpose}";
    private static final Pattern AGENCY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern PURPOSE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");

    private final Catalogue catalogue;
    private final Rules rules;

    MandateApi(Catalogue catalogue, Rules rules) {
        this.catalogue = catalogue;
        this.rules = rules;
    }

    /** How a mandate stands; whether its period has come or is over says the period. */
    enum State {
        GRANTED,
        WITHDRAWN
    }

    /** One version of a mandate. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Shown(
            String agency,
            String purpose,
            UUID id,
            long version,
            State state,
            @Nullable String withdrawal,
            String legalBasis,
            List<Mandate.Question> questions,
            List<String> fields,
            Sensitivity sensitivity,
            Mandate.Quota quota,
            Mandate.Disclosure citizen,
            String whyNeeded,
            String whyNoYesNo,
            LocalDate validFrom,
            @Nullable LocalDate validUntil,
            String by,
            String reason,
            Instant recordedAt) {
        static Shown of(Granted granted) {
            Mandate terms = granted.terms();
            return new Shown(
                    terms.agency(),
                    terms.purpose(),
                    granted.id(),
                    granted.version(),
                    granted.withdrawal() == null ? State.GRANTED : State.WITHDRAWN,
                    granted.withdrawal(),
                    terms.legalBasis(),
                    terms.questions(),
                    terms.fields(),
                    terms.sensitivity(),
                    terms.quota(),
                    terms.citizen(),
                    terms.whyNeeded(),
                    terms.whyNoYesNo(),
                    terms.validFrom(),
                    terms.validUntil(),
                    granted.by(),
                    granted.reason(),
                    granted.recordedAt());
        }
    }

    /** By agency and purpose. */
    record ShownAll(List<Shown> mandates) {}

    /** All versions of one, the oldest first. */
    record ShownHistory(List<Shown> versions) {}

    @GetMapping(PATH)
    ShownAll all(@RequestParam(required = false) @Nullable String asOf, HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        Instant moment = moment(asOf);
        List<Noted> known = catalogue.changes().stream()
                .filter(change -> moment == null || !change.recordedAt().isAfter(moment))
                .toList();
        return new ShownAll(Mandates.of(known).list().stream()
                .map(Shown::of)
                .sorted(Comparator.comparing(Shown::agency).thenComparing(Shown::purpose))
                .toList());
    }

    private static @Nullable Instant moment(@Nullable String asOf) {
        if (asOf == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(asOf).toInstant();
        } catch (DateTimeParseException e) {
            throw ProblemException.at(ProblemCode.MALFORMED, "parameter/asOf", "A time is written as in RFC 3339.");
        }
    }

    @GetMapping(ONE)
    ResponseEntity<Shown> one(@PathVariable String agency, @PathVariable String purpose, HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        return answer(Mandates.of(catalogue.changes()).find(agency, purpose).orElseThrow(MandateApi::unknown), 200);
    }

    @GetMapping(ONE + "/history")
    ShownHistory history(@PathVariable String agency, @PathVariable String purpose, HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        List<Granted> versions = Mandates.history(catalogue.changes(), agency, purpose);
        if (versions.isEmpty()) {
            throw unknown();
        }
        return new ShownHistory(versions.stream().map(Shown::of).toList());
    }

    @PutMapping(ONE)
    ResponseEntity<Shown> grant(@PathVariable String agency, @PathVariable String purpose, HttpServletRequest request) {
        Caller caller = Caller.controller(request);
        if (!AGENCY.matcher(agency).matches() || !PURPOSE.matcher(purpose).matches()) {
            throw ProblemException.at(
                    ProblemCode.MALFORMED,
                    "path",
                    "An agency is letters, digits, dot, hyphen and underscore; a purpose may have colons too.");
        }
        String ifMatch = request.getHeader(HttpHeaders.IF_MATCH);
        Long expected = ifMatch == null ? null : ETags.required(ifMatch);
        MandateJson.GrantMandate read =
                Rejections.orProblem(MandateJson.read(Bodies.json(request), rules.now(Mode.STRICT), agency, purpose));
        return answer(catalogue.grant(read.mandate(), expected, Authorship.of(request, caller, read.reason())));
    }

    @PostMapping(ONE + "/withdrawal")
    ResponseEntity<Shown> withdraw(
            @PathVariable String agency, @PathVariable String purpose, HttpServletRequest request) {
        Caller caller = Caller.controller(request);
        StateRequest why =
                Rejections.orProblem(QualificationJson.readState(Bodies.json(request), rules.now(Mode.STRICT)));
        return answer(
                catalogue.withdraw(agency, purpose, why.reasonCode(), Authorship.of(request, caller, why.reason())));
    }

    private static ResponseEntity<Shown> answer(Catalogue.Outcome outcome) {
        return switch (outcome) {
            case Catalogue.Outcome.Done(Granted granted, boolean now) ->
                answer(granted, now && granted.version() == 1 ? 201 : 200);
            case Catalogue.Outcome.VersionMissing() ->
                throw ProblemException.at(
                        ProblemCode.VERSION_REQUIRED,
                        "header/If-Match",
                        "Send the version the change builds on, in quotes.");
            case Catalogue.Outcome.Stale() ->
                throw ProblemException.of(
                        ProblemCode.VERSION_STALE, "The mandate has changed since it was read, or is not there.");
            case Catalogue.Outcome.Unknown() -> throw unknown();
        };
    }

    private static ResponseEntity<Shown> answer(Granted granted, int status) {
        return ResponseEntity.status(status)
                .eTag(ETags.of(granted.version()))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(Shown.of(granted));
    }

    private static ProblemException unknown() {
        return ProblemException.of(ProblemCode.UNKNOWN_REFERENCE, "There is no such mandate.");
    }
}
