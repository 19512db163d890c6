package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.CorrectionRequest;
import eu.diplomatics.qualification.DomainEvent.DisputeSettled;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationDisputed;
import eu.diplomatics.qualification.DomainEvent.QualificationEvent;
import eu.diplomatics.qualification.DomainEvent.QualificationReinstated;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.Qualification;
import eu.diplomatics.qualification.QualificationCommand;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.registry.registration.RegisterQualifications.Row;
import eu.diplomatics.taxonomy.Admission;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One qualification at a time, whatever way in it came by. What is refused ends in a {@link ProblemException}. */
public final class Registrations {
    private final Commands commands;
    private final Admission admission;
    private final EventReader reader;
    private final EventVault vault;
    private final References references;
    private final Recorded recorded;

    Registrations(
            Commands commands,
            Admission admission,
            EventReader reader,
            EventVault vault,
            References references,
            Recorded recorded) {
        this.commands = commands;
        this.admission = admission;
        this.reader = reader;
        this.vault = vault;
        this.references = references;
        this.recorded = recorded;
    }

    /**
     * Where it stands.
     *
     * @param version of the qualification now
     * @param isNew whether it was done now, and not before
     */
    public record Done(EventPlace place, long version, boolean isNew) {}

    /**
     * What is recorded under a supplier's reference.
     *
     * @param reinstatedFor the code of the reinstatement that is its latest change; empty where that is something else
     */
    public record Standing(UUID reference, boolean annulled, String reinstatedFor, Basis basis, HolderIdentity holder) {
        @Override
        public String toString() {
            return "Standing[" + reference + ", redacted]";
        }
    }

    public Done register(String supplier, RegistrationRequest request, CommandIds.Id command, EventMetadata metadata) {
        RegisterQualification registration = Rejections.orProblem(admission.register(supplier, request, Mode.STRICT));
        RegistrationOutcome outcome = commands.register(new RegisterQualifications(
                        List.of(new Row(command.id(), registration)), metadata, command.repeatable(), false))
                .getFirst();
        return switch (outcome) {
            case RegistrationOutcome.Accepted(EventPlace place)
            when command.repeatable() && !recorded.is(request, place) ->
                throw ProblemException.at(
                        ProblemCode.IDEMPOTENCY_CONFLICT,
                        "header/" + CommandIds.HEADER,
                        "The key was used for another registration.");
            case RegistrationOutcome.Accepted(EventPlace place) -> new Done(place, 1, true);
            case RegistrationOutcome.Duplicate(EventPlace first) -> new Done(first, 1, false);
            case RegistrationOutcome.Refused(Rejection rejection) -> throw Rejections.problem(List.of(rejection));
            case RegistrationOutcome.Acceptable acceptable -> throw notDry();
            case RegistrationOutcome.DuplicateOfRow duplicate -> throw notDry();
        };
    }

    /** Holds a correction against the rules, without making it. */
    public void check(String supplier, CorrectionRequest request) {
        var unused = Rejections.orProblem(admission.correct(supplier, request, Mode.STRICT));
    }

    public Done correct(
            String supplier,
            UUID reference,
            CorrectionRequest request,
            @Nullable Long expected,
            EventMetadata metadata) {
        return change(
                reference, Rejections.orProblem(admission.correct(supplier, request, Mode.STRICT)), expected, metadata);
    }

    /** @param expected the version that the caller has seen; null when they do not say */
    public Done change(UUID reference, QualificationCommand change, @Nullable Long expected, EventMetadata metadata) {
        UUID command = UUID.randomUUID();
        return switch (commands.change(new ChangeQualification(command, reference, change, expected, metadata))) {
            case ChangeOutcome.Changed() -> {
                EventPlace place = reader.commands(List.of(command))
                        .getOrDefault(command, List.of())
                        .getLast();
                yield new Done(place, place.version(), true);
            }
            case ChangeOutcome.AlreadySo(EventPlace since, long version) -> new Done(since, version, false);
            case ChangeOutcome.Stale() ->
                throw ProblemException.at(
                        ProblemCode.VERSION_STALE, "header/If-Match", "Another version is the current one.");
            case ChangeOutcome.Refused(Rejection rejection) -> throw Rejections.problem(List.of(rejection));
        };
    }

    /** What this supplier registered under its reference; empty when it registered nothing so. */
    public Optional<Standing> find(String supplier, String supplierReference) {
        return references.find(reader, supplier, supplierReference).map(this::standing);
    }

    private Standing standing(EventPlace place) {
        List<OpenedEvent> opened = vault.open(reader.stream(place.stream()));
        if (opened.isEmpty()) {
            throw rejected(RejectionCode.RECORD_SHREDDED, "the record was shredded");
        }
        List<QualificationEvent> events = new ArrayList<>();
        opened.forEach(each -> events.add((QualificationEvent) each.event()));
        UUID holder = Qualification.holder(opened.getFirst().stored().holder(), events);
        HolderIdentity identity = vault.open(reader.stream(holder).subList(0, 1)).stream()
                .map(OpenedEvent::event)
                .filter(HolderIdentified.class::isInstance)
                .map(event -> ((HolderIdentified) event).identity())
                .findFirst()
                .orElseThrow(() -> rejected(RejectionCode.HOLDER_ERASED, "the identity of this holder was erased"));
        String reinstatedFor =
                lastChange(events) instanceof QualificationReinstated reinstated ? reinstated.reasonCode() : "";
        return switch (Qualification.of(events)) {
            case Qualification.Registered now ->
                new Standing(place.stream(), false, reinstatedFor, now.content().basis(), identity);
            case Qualification.Annulled now ->
                new Standing(place.stream(), true, "", now.content().basis(), identity);
            case Qualification.Unregistered none -> throw new IllegalStateException("a stream without registration");
        };
    }

    /** A dispute changes nothing of the record. */
    private static QualificationEvent lastChange(List<QualificationEvent> events) {
        return events.reversed().stream()
                .filter(event -> !(event instanceof QualificationDisputed || event instanceof DisputeSettled))
                .findFirst()
                .orElseThrow();
    }

    private static ProblemException rejected(RejectionCode code, String message) {
        return Rejections.problem(List.of(new Rejection(code, "", message)));
    }

    private static IllegalStateException notDry() {
        return new IllegalStateException("this is no dry run");
    }
}
