package eu.diplomatics.query.disclosure;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.DomainEvent.QualificationAnnulled;
import eu.diplomatics.qualification.DomainEvent.QualificationCorrected;
import eu.diplomatics.qualification.DomainEvent.QualificationEvent;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.DomainEvent.QualificationReinstated;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.Qualification;
import eu.diplomatics.qualification.Qualification.Annulled;
import eu.diplomatics.qualification.Qualification.Content;
import eu.diplomatics.qualification.Qualification.Registered;
import eu.diplomatics.qualification.Qualification.Unregistered;
import eu.diplomatics.query.disclosure.Answers.Annulment;
import eu.diplomatics.query.disclosure.Answers.QualificationAnswer;
import eu.diplomatics.query.disclosure.Answers.State;
import eu.diplomatics.query.disclosure.Answers.Version;
import eu.diplomatics.vault.OpenedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes answers of a qualification's opened events. */
final class Views {
    private Views() {}

    /** The qualification as it was known at {@code asOf}, now when that is null; empty when it was not known yet. */
    static Optional<QualificationAnswer> qualification(
            UUID reference,
            List<OpenedEvent> events,
            @Nullable HolderIdentity holder,
            Answers.@Nullable Link link,
            @Nullable Instant asOf) {
        List<OpenedEvent> known = events.stream()
                .filter(event -> asOf == null || !event.stored().recordedAt().isAfter(asOf))
                .toList();
        List<QualificationEvent> facts = new ArrayList<>();
        for (OpenedEvent event : known) {
            if (event.event() instanceof QualificationEvent fact) {
                facts.add(fact);
            }
        }
        return switch (Qualification.of(facts)) {
            case Unregistered none -> Optional.empty();
            case Registered now ->
                Optional.of(answer(reference, now.content(), now.version(), State.REGISTERED, null, holder, link));
            case Annulled now ->
                Optional.of(answer(
                        reference,
                        now.content(),
                        now.version(),
                        State.ANNULLED,
                        annulment(known.get((int) now.annulledVersion() - 1)),
                        holder,
                        link));
        };
    }

    private static QualificationAnswer answer(
            UUID reference,
            Content content,
            long version,
            State state,
            @Nullable Annulment annulment,
            @Nullable HolderIdentity holder,
            Answers.@Nullable Link link) {
        return new QualificationAnswer(
                reference,
                version,
                state,
                annulment,
                content.supplier(),
                content.supplierReference(),
                holder,
                link,
                content.basis(),
                content.derived(),
                content.unlisted().isEmpty() ? null : content.unlisted());
    }

    private static @Nullable Annulment annulment(OpenedEvent event) {
        return event.event() instanceof QualificationAnnulled annulled
                ? new Annulment(
                        annulled.reasonCode(),
                        event.metadata().reason(),
                        event.stored().recordedAt())
                : null;
    }

    static List<Version> history(List<OpenedEvent> events) {
        return events.stream().map(Views::version).toList();
    }

    private static Version version(OpenedEvent event) {
        return new Version(
                event.stored().context().version(),
                event.stored().recordedAt(),
                event.event().type(),
                event.metadata().actor(),
                event.metadata().reason(),
                reasonCode(event.event()),
                basis(event.event()));
    }

    private static @Nullable String reasonCode(DomainEvent event) {
        return switch (event) {
            case QualificationAnnulled annulled -> annulled.reasonCode();
            case QualificationReinstated reinstated -> reinstated.reasonCode();
            case QualificationMoved moved -> moved.reasonCode();
            default -> null;
        };
    }

    private static @Nullable Basis basis(DomainEvent event) {
        return switch (event) {
            case QualificationRegistered registered -> registered.basis();
            case QualificationCorrected corrected -> corrected.basis();
            default -> null;
        };
    }
}
