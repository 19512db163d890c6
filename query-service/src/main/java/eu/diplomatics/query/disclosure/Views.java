package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Derived;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.DomainEvent.DisputeSettled;
import eu.diplomatics.qualification.DomainEvent.QualificationAnnulled;
import eu.diplomatics.qualification.DomainEvent.QualificationCorrected;
import eu.diplomatics.qualification.DomainEvent.QualificationDisputed;
import eu.diplomatics.qualification.DomainEvent.QualificationEvent;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.DomainEvent.QualificationReinstated;
import eu.diplomatics.qualification.DomainEvent.StreamShredded;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.Qualification;
import eu.diplomatics.qualification.Qualification.Annulled;
import eu.diplomatics.qualification.Qualification.Content;
import eu.diplomatics.qualification.Qualification.Registered;
import eu.diplomatics.qualification.Qualification.Unregistered;
import eu.diplomatics.query.disclosure.Answers.Annulment;
import eu.diplomatics.query.disclosure.Answers.Disputed;
import eu.diplomatics.query.disclosure.Answers.Part;
import eu.diplomatics.query.disclosure.Answers.QualificationAnswer;
import eu.diplomatics.query.disclosure.Answers.Shredded;
import eu.diplomatics.query.disclosure.Answers.State;
import eu.diplomatics.query.disclosure.Answers.Status;
import eu.diplomatics.query.disclosure.Answers.Version;
import eu.diplomatics.query.disclosure.Opener.Found;
import eu.diplomatics.query.predicate.HoldsLevel;
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
        Qualification state = Qualification.of(facts);
        // what was written then is the word of somebody else, if it was moved since
        boolean isAnothers = known.size() < moved(events);
        return switch (state) {
            case Unregistered none -> Optional.empty();
            case Registered now ->
                Optional.of(answer(
                        reference, now.content(), known, State.REGISTERED, null, state, isAnothers, holder, link));
            case Annulled now ->
                Optional.of(answer(
                        reference,
                        now.content(),
                        known,
                        State.ANNULLED,
                        annulment(known.get((int) now.annulledVersion() - 1)),
                        state,
                        isAnothers,
                        holder,
                        link));
        };
    }

    private static QualificationAnswer answer(
            UUID reference,
            Content content,
            List<OpenedEvent> known,
            State state,
            @Nullable Annulment annulment,
            Qualification now,
            boolean isAnothers,
            @Nullable HolderIdentity holder,
            Answers.@Nullable Link link) {
        OpenedEvent disputed =
                now.disputes().isOpen() ? known.get((int) now.disputes().since() - 1) : null;
        return new QualificationAnswer(
                reference,
                known.size(),
                known.getLast().stored().recordedAt(),
                state,
                annulment,
                disputed == null ? null : disputed.stored().recordedAt(),
                disputed == null || isAnothers ? null : dispute(disputed),
                content.supplier(),
                content.supplierReference(),
                holder,
                link,
                Part.whole(content.basis()),
                Part.whole(content.derived()),
                content.unlisted().isEmpty() ? null : content.unlisted(),
                null,
                null);
    }

    /** As {@link #qualification}, also where the record or its holder's identity was shredded. */
    static Optional<QualificationAnswer> found(UUID reference, Found found, @Nullable Instant asOf) {
        ShreddedStream shredded = found.shredded();
        Optional<QualificationAnswer> answer = shredded == null
                ? qualification(reference, found.events(), found.identity(), null, asOf)
                : shredded(reference, shredded, found.identity(), null, asOf);
        ShreddedStream erased = found.erased();
        return erased == null ? answer : answer.map(known -> withoutHolder(known, why(erased)));
    }

    /** Whether it is true of what this record says, where it is in force and can be read. */
    static boolean satisfies(QualificationAnswer answer, HoldsLevel predicate) {
        Part<Basis> basis = answer.basis();
        Part<Derived> derived = answer.derived();
        return answer.state() == State.REGISTERED
                && basis != null
                && derived != null
                && predicate.isTrueOf(basis.content(), derived.content());
    }

    private static QualificationAnswer withoutHolder(QualificationAnswer known, Shredded why) {
        return new QualificationAnswer(
                known.reference(),
                known.version(),
                known.modifiedAt(),
                known.state(),
                known.annulment(),
                known.disputedSince(),
                known.dispute(),
                known.supplier(),
                known.supplierReference(),
                null,
                known.link(),
                known.basis(),
                known.derived(),
                known.unlisted(),
                known.shredded(),
                why);
    }

    /** What is left of a record: that there was one, and why it cannot be read. */
    static Optional<QualificationAnswer> shredded(
            UUID reference,
            ShreddedStream record,
            @Nullable HolderIdentity holder,
            Answers.@Nullable Link link,
            @Nullable Instant asOf) {
        long version = record.events().stream()
                .filter(event -> asOf == null || !event.recordedAt().isAfter(asOf))
                .mapToLong(event -> event.context().version())
                .max()
                .orElse(0);
        return version == 0
                ? Optional.empty()
                : Optional.of(new QualificationAnswer(
                        reference,
                        version,
                        why(record).shreddedAt(),
                        State.SHREDDED,
                        null,
                        null,
                        null,
                        null,
                        null,
                        holder,
                        link,
                        null,
                        null,
                        null,
                        why(record),
                        null));
    }

    static Shredded why(ShreddedStream stream) {
        Instant at = stream.why().shreddedAt();
        return new Shredded(
                stream.why().reasonCode(),
                stream.why().legalBasis(),
                at == null ? stream.why().askedAt() : at);
    }

    /** The versions there were, as their headers tell, and the end. */
    static List<Version> history(ShreddedStream record) {
        List<Version> versions = new ArrayList<>();
        for (StoredEvent event : record.events()) {
            versions.add(new Version(
                    event.context().version(),
                    event.recordedAt(),
                    event.context().type(),
                    null,
                    null,
                    null,
                    null));
        }
        Shredded why = why(record);
        versions.add(new Version(
                versions.size() + 1L,
                why.shreddedAt(),
                StreamShredded.TYPE,
                "controller",
                why.legalBasis(),
                why.reasonCode(),
                null));
        return List.copyOf(versions);
    }

    private static @Nullable Annulment annulment(OpenedEvent event) {
        return event.event() instanceof QualificationAnnulled annulled
                ? new Annulment(
                        annulled.reasonCode(),
                        event.metadata().reason(),
                        event.stored().recordedAt())
                : null;
    }

    private static @Nullable Disputed dispute(OpenedEvent event) {
        return event.event() instanceof QualificationDisputed disputed
                ? new Disputed(
                        disputed.reasonCode(),
                        event.metadata().reason(),
                        event.stored().recordedAt(),
                        disputed.respondBy())
                : null;
    }

    static List<Version> history(List<OpenedEvent> events) {
        long moved = moved(events);
        return events.stream().map(event -> version(event, moved)).toList();
    }

    /** The version that brought it to whose it is; 0 when it was never another's. */
    private static long moved(List<OpenedEvent> events) {
        return events.stream()
                .filter(event -> event.event() instanceof QualificationMoved)
                .mapToLong(event -> event.stored().context().version())
                .max()
                .orElse(0);
    }

    static boolean isDispute(String type) {
        return type.equals(QualificationDisputed.TYPE) || type.equals(DisputeSettled.TYPE);
    }

    /** @param moved the version that brought it to whose it is: what was disputed before is another person's word */
    private static Version version(OpenedEvent event, long moved) {
        String type = event.event().type();
        long version = event.stored().context().version();
        boolean another = isDispute(type) && version < moved;
        return new Version(
                version,
                event.stored().recordedAt(),
                type,
                actor(event),
                another ? null : event.metadata().reason(),
                another ? null : reasonCode(event.event()),
                basis(event.event()));
    }

    /** Who stood for a person is nobody's to know by an answer. */
    private static String actor(OpenedEvent event) {
        String actor = event.metadata().actor();
        return actor.startsWith("delegate:") ? "delegate" : actor;
    }

    private static @Nullable String reasonCode(DomainEvent event) {
        return switch (event) {
            case QualificationAnnulled annulled -> annulled.reasonCode();
            case QualificationReinstated reinstated -> reinstated.reasonCode();
            case QualificationMoved moved -> moved.reasonCode();
            case QualificationDisputed disputed -> disputed.reasonCode();
            case DisputeSettled settled -> settled.reasonCode();
            default -> null;
        };
    }

    private static @Nullable Part<Basis> basis(DomainEvent event) {
        return switch (event) {
            case QualificationRegistered registered -> Part.whole(registered.basis());
            case QualificationCorrected corrected -> Part.whole(corrected.basis());
            default -> null;
        };
    }

    static Status status(List<QualificationAnswer> found) {
        return found.isEmpty() ? Status.NOT_FOUND : Status.FOUND;
    }

    static List<Access.Disclosed> disclosed(List<QualificationAnswer> found) {
        return found.stream()
                .map(answer -> new Access.Disclosed(answer.reference(), answer.version()))
                .toList();
    }
}
