package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.eventstore.axon.Placement;
import eu.diplomatics.qualification.Decision;
import eu.diplomatics.qualification.DomainEvent.DisputeSettled;
import eu.diplomatics.qualification.DomainEvent.QualificationDisputed;
import eu.diplomatics.qualification.DomainEvent.QualificationEvent;
import eu.diplomatics.qualification.Qualification;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.registry.registration.DomainVault.NewEvent;
import eu.diplomatics.vault.OpenedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.eventsourcing.eventstore.EventStoreTransaction;
import org.axonframework.eventsourcing.eventstore.SourcingCondition;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Corrects, annuls, reinstates, disputes and settles: sources the qualification's stream, decides, and appends what happened under the
 * condition that the stream is still as it was read.
 */
final class ChangeHandler {
    private final EventStore events;

    ChangeHandler(EventStore events) {
        this.events = events;
    }

    ChangeOutcome handle(ChangeQualification command, ProcessingContext context) {
        EventStoreTransaction transaction = events.transaction(context);
        List<OpenedEvent> stream;
        try {
            stream = source(transaction, command.reference());
        } catch (CompletionException | DomainVault.StreamGoneException e) {
            if (isGone(e)) {
                return new ChangeOutcome.Refused(
                        new Rejection(RejectionCode.RECORD_SHREDDED, "", "the record was shredded"));
            }
            throw e;
        }
        if (stream.isEmpty()) {
            return unknown();
        }
        Qualification state = Qualification.of(stream.stream()
                .map(opened -> (QualificationEvent) opened.event())
                .toList());
        Decision decision = Qualification.decide(command.change(), state);
        ChangeOutcome outcome = withoutEvent(command, decision, stream);
        if (outcome != null) {
            return outcome;
        }
        if (decision instanceof Decision.Happened(QualificationEvent event)) {
            StoredEvent last = stream.getLast().stored();
            transaction.appendEvent(DomainVault.message(
                    new NewEvent(event, command.metadata()),
                    new Placement(
                            command.reference(), last.context().version() + 1, last.holder(), command.command())));
        }
        return new ChangeOutcome.Changed();
    }

    private static boolean isGone(@Nullable Throwable failure) {
        return failure != null && (failure instanceof DomainVault.StreamGoneException || isGone(failure.getCause()));
    }

    /** No holder's stream: those have other events, and a reference is never theirs. */
    private static List<OpenedEvent> source(EventStoreTransaction transaction, UUID reference) {
        List<OpenedEvent> stream = transaction
                .source(SourcingCondition.conditionFor(
                        EventCriteria.havingTags(Tag.of(Placement.STREAM_TAG, reference.toString()))))
                .reduce(new ArrayList<OpenedEvent>(), (opened, entry) -> {
                    if (entry.message().payload() instanceof OpenedEvent event) {
                        opened.add(event);
                    }
                    return opened;
                })
                .join();
        return stream.stream().allMatch(opened -> opened.event() instanceof QualificationEvent) ? stream : List.of();
    }

    /** Null when the decision's event is to be appended. */
    private static @Nullable ChangeOutcome withoutEvent(
            ChangeQualification command, Decision decision, List<OpenedEvent> stream) {
        Long expected = command.expectedVersion();
        long version = stream.getLast().stored().context().version();
        boolean stale = expected != null && (expected < lastChange(stream) || expected > version);
        return switch (decision) {
            // another supplier's qualification is as unknown as one that never was
            case Decision.Refused(Rejection rejection)
            when rejection.code() == RejectionCode.NOT_YOUR_INSTITUTION -> unknown();
            // made by the very version the caller expected: the same correction sent again, its answer having been lost
            case Decision.AlreadySo(long since)
            when !stale || Objects.equals(expected, since - 1) ->
                new ChangeOutcome.AlreadySo(place(stream.get((int) since - 1).stored()), version);
            case Decision.AlreadySo already -> new ChangeOutcome.Stale();
            case Decision.Refused refused when stale -> new ChangeOutcome.Stale();
            case Decision.Refused(Rejection rejection) -> new ChangeOutcome.Refused(rejection);
            case Decision.Happened happened -> stale ? new ChangeOutcome.Stale() : null;
        };
    }

    /** A dispute changes nothing of what the caller has seen. */
    private static long lastChange(List<OpenedEvent> stream) {
        return stream.stream()
                .filter(opened ->
                        !(opened.event() instanceof QualificationDisputed || opened.event() instanceof DisputeSettled))
                .mapToLong(opened -> opened.stored().context().version())
                .max()
                .orElseThrow();
    }

    private static ChangeOutcome unknown() {
        return new ChangeOutcome.Refused(
                new Rejection(RejectionCode.UNKNOWN_REFERENCE, "", "nothing is registered under this reference"));
    }

    private static EventPlace place(StoredEvent event) {
        return new EventPlace(
                event.context().stream(),
                event.context().version(),
                event.position(),
                event.recordedAt(),
                event.leaf());
    }
}
