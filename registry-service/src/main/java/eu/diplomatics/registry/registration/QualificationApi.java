package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.qualification.CorrectionRequest;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationCommand;
import eu.diplomatics.qualification.QualificationCommand.AnnulQualification;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import eu.diplomatics.qualification.QualificationCommand.ReinstateQualification;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.StateRequest;
import eu.diplomatics.receipt.Receipt;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.registry.problem.TraceId;
import eu.diplomatics.registry.receipt.Receipts;
import eu.diplomatics.registry.registration.RegisterQualifications.Row;
import eu.diplomatics.taxonomy.Admission;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/** One qualification at a time: register, correct, annul, reinstate. */
@RestController
final class QualificationApi {
    private static final String PATH = "/v1/qualifications";

    private final Commands commands;
    private final Admission admission;
    private final Rules rules;
    private final EventReader reader;
    private final Receipts receipts;
    private final CommandIds commandIds;
    private final Recorded recorded;

    QualificationApi(
            Commands commands,
            Admission admission,
            Rules rules,
            EventReader reader,
            Receipts receipts,
            CommandIds commandIds,
            Recorded recorded) {
        this.commands = commands;
        this.admission = admission;
        this.rules = rules;
        this.reader = reader;
        this.receipts = receipts;
        this.commandIds = commandIds;
        this.recorded = recorded;
    }

    @PostMapping(PATH)
    ResponseEntity<Receipt> register(HttpServletRequest request) {
        String supplier = Caller.supplier(request);
        CommandIds.Id command = commandIds.of(request, supplier);
        RegistrationRequest read =
                Rejections.orProblem(QualificationJson.readRegistration(Bodies.json(request), rules.now(Mode.STRICT)));
        RegisterQualification registration = Rejections.orProblem(admission.register(supplier, read, Mode.STRICT));
        RegistrationOutcome outcome = commands.register(new RegisterQualifications(
                        List.of(new Row(command.id(), registration)),
                        metadata(request, supplier, ""),
                        command.repeatable(),
                        false))
                .getFirst();
        return switch (outcome) {
            case RegistrationOutcome.Accepted(EventPlace place)
            when command.repeatable() && !recorded.is(read, place) ->
                throw ProblemException.at(
                        ProblemCode.IDEMPOTENCY_CONFLICT,
                        "header/" + CommandIds.HEADER,
                        "The key was used for another registration.");
            case RegistrationOutcome.Accepted(EventPlace place) -> answer(ResponseEntity.status(201), place, 1);
            case RegistrationOutcome.Duplicate(EventPlace first) -> answer(ResponseEntity.ok(), first, 1);
            case RegistrationOutcome.Refused(Rejection rejection) -> throw Rejections.problem(List.of(rejection));
            case RegistrationOutcome.Acceptable acceptable -> throw notDry();
            case RegistrationOutcome.DuplicateOfRow duplicate -> throw notDry();
        };
    }

    @PutMapping(PATH + "/{reference}")
    ResponseEntity<Receipt> correct(@PathVariable String reference, HttpServletRequest request) {
        String supplier = Caller.supplier(request);
        UUID stream = reference(reference);
        long expected = ETags.required(request.getHeader(HttpHeaders.IF_MATCH));
        CorrectionRequest read =
                Rejections.orProblem(QualificationJson.readCorrection(Bodies.json(request), rules.now(Mode.STRICT)));
        QualificationCommand change = Rejections.orProblem(admission.correct(supplier, read, Mode.STRICT));
        return change(request, stream, change, expected, read.reason());
    }

    @PostMapping(PATH + "/{reference}/annulment")
    ResponseEntity<Receipt> annul(@PathVariable String reference, HttpServletRequest request) {
        return changeState(reference, request, AnnulQualification::new);
    }

    @PostMapping(PATH + "/{reference}/reinstatement")
    ResponseEntity<Receipt> reinstate(@PathVariable String reference, HttpServletRequest request) {
        return changeState(reference, request, ReinstateQualification::new);
    }

    private ResponseEntity<Receipt> changeState(
            String reference, HttpServletRequest request, BiFunction<String, String, QualificationCommand> change) {
        String supplier = Caller.supplier(request);
        UUID stream = reference(reference);
        StateRequest read =
                Rejections.orProblem(QualificationJson.readState(Bodies.json(request), rules.now(Mode.STRICT)));
        return change(request, stream, change.apply(supplier, read.reasonCode()), null, read.reason());
    }

    private ResponseEntity<Receipt> change(
            HttpServletRequest request,
            UUID reference,
            QualificationCommand change,
            @Nullable Long expected,
            String reason) {
        UUID command = UUID.randomUUID();
        ChangeOutcome outcome = commands.change(new ChangeQualification(
                command, reference, change, expected, metadata(request, change.supplier(), reason)));
        return switch (outcome) {
            case ChangeOutcome.Changed() -> {
                EventPlace place = reader.commands(List.of(command))
                        .getOrDefault(command, List.of())
                        .getLast();
                yield answer(ResponseEntity.ok(), place, place.version());
            }
            case ChangeOutcome.AlreadySo(EventPlace since, long version) -> answer(ResponseEntity.ok(), since, version);
            case ChangeOutcome.Stale() ->
                throw ProblemException.at(
                        ProblemCode.VERSION_STALE, "header/If-Match", "Another version is the current one.");
            case ChangeOutcome.Refused(Rejection rejection) -> throw Rejections.problem(List.of(rejection));
        };
    }

    private ResponseEntity<Receipt> answer(ResponseEntity.BodyBuilder builder, EventPlace place, long version) {
        return builder.location(URI.create(PATH + "/" + place.stream()))
                .eTag(ETags.of(version))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(receipts.of(place));
    }

    private static IllegalStateException notDry() {
        return new IllegalStateException("this is no dry run");
    }

    private static EventMetadata metadata(HttpServletRequest request, String supplier, String reason) {
        return new EventMetadata("supplier:" + supplier, "api", reason, TraceId.of(request));
    }

    private static UUID reference(String text) {
        try {
            UUID reference = UUID.fromString(text);
            if (reference.toString().equals(text.toLowerCase(Locale.ROOT))) {
                return reference;
            }
        } catch (IllegalArgumentException e) {
            // what is no reference is unknown
        }
        throw ProblemException.of(ProblemCode.UNKNOWN_REFERENCE, "Nothing is registered under this reference.");
    }
}
