package eu.diplomatics.qualification;

import eu.diplomatics.qualification.DomainEvent.DisputeSettled;
import eu.diplomatics.qualification.DomainEvent.QualificationAnnulled;
import eu.diplomatics.qualification.DomainEvent.QualificationCorrected;
import eu.diplomatics.qualification.DomainEvent.QualificationDisputed;
import eu.diplomatics.qualification.DomainEvent.QualificationEvent;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.DomainEvent.QualificationReinstated;
import eu.diplomatics.qualification.QualificationCommand.AnnulQualification;
import eu.diplomatics.qualification.QualificationCommand.CorrectQualification;
import eu.diplomatics.qualification.QualificationCommand.DisputeQualification;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import eu.diplomatics.qualification.QualificationCommand.ReinstateQualification;
import eu.diplomatics.qualification.QualificationCommand.SettleDispute;
import java.util.List;
import java.util.UUID;

/**
 * The state of one qualification, and its rules: {@link #decide} says what a command leads to, {@link #evolve} what an
 * event makes of the state. Both are pure.
 */
public sealed interface Qualification {
    /** Nothing has been registered under this reference. */
    record Unregistered() implements Qualification {}

    /**
     * @param version of the latest event
     * @param basisVersion of the event that brought the basis data
     * @param reinstatedVersion of the latest reinstatement, 0 when there was none
     */
    record Registered(Content content, long version, long basisVersion, long reinstatedVersion, Dispute dispute)
            implements Qualification {}

    /** @param annulledVersion of the annulment */
    record Annulled(Content content, long version, long basisVersion, long annulledVersion, Dispute dispute)
            implements Qualification {}

    /** What the registry holds to be true, annulled or not. */
    record Content(String supplier, String supplierReference, Basis basis, Derived derived, List<String> unlisted) {
        Content corrected(QualificationCorrected event) {
            return new Content(supplier, supplierReference, event.basis(), event.derived(), event.unlisted());
        }

        @Override
        public String toString() {
            return "Content[redacted]";
        }
    }

    static Qualification initial() {
        return new Unregistered();
    }

    /** The state after these events, in order, from nothing. */
    static Qualification of(List<? extends QualificationEvent> events) {
        Qualification state = initial();
        for (QualificationEvent event : events) {
            state = evolve(state, event);
        }
        return state;
    }

    /**
     * Whose it is after these events: the holder it was filed under, until it was moved.
     *
     * @throws IllegalStateException when a move does not start where the one before it ended: a broken stream
     */
    static UUID holder(UUID filedUnder, List<? extends QualificationEvent> events) {
        UUID holder = filedUnder;
        for (QualificationEvent event : events) {
            if (event instanceof QualificationMoved(UUID from, UUID to, String reasonCode)) {
                if (!from.equals(holder)) {
                    throw cannotFollow(event);
                }
                holder = to;
            }
        }
        return holder;
    }

    /** How it stands with disputes of it. */
    default Dispute disputes() {
        return switch (this) {
            case Unregistered none -> Dispute.NONE;
            case Registered now -> now.dispute();
            case Annulled now -> now.dispute();
        };
    }

    static Decision decide(QualificationCommand command, Qualification state) {
        return switch (state) {
            case Unregistered none -> decideUnregistered(command);
            case Registered now ->
                mayChange(command, now.content())
                        ? decideRegistered(command, now)
                        : refused(RejectionCode.NOT_YOUR_INSTITUTION, "registered by another supplier");
            case Annulled now ->
                mayChange(command, now.content())
                        ? decideAnnulled(command, now)
                        : refused(RejectionCode.NOT_YOUR_INSTITUTION, "registered by another supplier");
        };
    }

    private static boolean mayChange(QualificationCommand command, Content content) {
        String supplier = command.supplier();
        return supplier == null || supplier.equals(content.supplier());
    }

    private static Decision decideUnregistered(QualificationCommand command) {
        return switch (command) {
            case RegisterQualification c ->
                new Decision.Happened(new QualificationRegistered(
                        c.supplier(), c.supplierReference(), c.basis(), c.derived(), c.unlisted()));
            case CorrectQualification c -> unknown();
            case AnnulQualification c -> unknown();
            case ReinstateQualification c -> unknown();
            case DisputeQualification c -> unknown();
            case SettleDispute c -> unknown();
        };
    }

    private static Decision decideRegistered(QualificationCommand command, Registered now) {
        return switch (command) {
            case RegisterQualification c -> refused(RejectionCode.REFERENCE_CONFLICT, "already registered");
            case CorrectQualification c ->
                c.basis().equals(now.content().basis())
                        ? new Decision.AlreadySo(now.basisVersion())
                        : new Decision.Happened(new QualificationCorrected(c.basis(), c.derived(), c.unlisted()));
            case AnnulQualification c -> new Decision.Happened(new QualificationAnnulled(c.reasonCode()));
            case ReinstateQualification c ->
                now.reinstatedVersion() > 0
                        ? new Decision.AlreadySo(now.reinstatedVersion())
                        : refused(RejectionCode.WRONG_STATE, "it is not annulled");
            case DisputeQualification c -> decideDispute(c, now.dispute());
            case SettleDispute c -> decideSettlement(c, now.dispute());
        };
    }

    private static Decision decideAnnulled(QualificationCommand command, Annulled now) {
        return switch (command) {
            case RegisterQualification c -> refused(RejectionCode.REFERENCE_CONFLICT, "already registered");
            case CorrectQualification c -> refused(RejectionCode.WRONG_STATE, "it is annulled: reinstate it first");
            case AnnulQualification c -> new Decision.AlreadySo(now.annulledVersion());
            case ReinstateQualification c -> new Decision.Happened(new QualificationReinstated(c.reasonCode()));
            case DisputeQualification c -> decideDispute(c, now.dispute());
            case SettleDispute c -> decideSettlement(c, now.dispute());
        };
    }

    private static Decision decideDispute(DisputeQualification command, Dispute dispute) {
        if (dispute.isOpen()) {
            return new Decision.AlreadySo(dispute.since());
        }
        return command.byPerson() && dispute.times() >= Dispute.MOST_BY_PERSON
                ? refused(RejectionCode.WRONG_STATE, "it was disputed too often: write to the controller")
                : new Decision.Happened(new QualificationDisputed(command.reasonCode(), command.respondBy()));
    }

    private static Decision decideSettlement(SettleDispute command, Dispute dispute) {
        if (!dispute.isOpen()) {
            return command.outcome() == dispute.outcome()
                    ? new Decision.AlreadySo(dispute.settled())
                    : refused(RejectionCode.WRONG_STATE, "no dispute is open");
        }
        return command.outcome() == DisputeOutcome.CHANGED && !dispute.isChanged()
                ? refused(RejectionCode.WRONG_STATE, "nothing was changed since it is disputed: change it first")
                : new Decision.Happened(new DisputeSettled(command.outcome(), command.reasonCode()));
    }

    /** @throws IllegalStateException when the event cannot follow: a broken stream, never a broken rule */
    static Qualification evolve(Qualification state, QualificationEvent event) {
        return switch (state) {
            case Unregistered none ->
                switch (event) {
                    case QualificationRegistered e ->
                        new Registered(
                                new Content(e.supplier(), e.supplierReference(), e.basis(), e.derived(), e.unlisted()),
                                1,
                                1,
                                0,
                                Dispute.NONE);
                    case QualificationCorrected e -> throw cannotFollow(event);
                    case QualificationAnnulled e -> throw cannotFollow(event);
                    case QualificationReinstated e -> throw cannotFollow(event);
                    case QualificationMoved e -> throw cannotFollow(event);
                    case QualificationDisputed e -> throw cannotFollow(event);
                    case DisputeSettled e -> throw cannotFollow(event);
                };
            case Registered now -> {
                long next = now.version() + 1;
                Dispute changed = now.dispute().recordChanged();
                yield switch (event) {
                    case QualificationRegistered e -> throw cannotFollow(event);
                    case QualificationCorrected e ->
                        new Registered(now.content().corrected(e), next, next, now.reinstatedVersion(), changed);
                    case QualificationAnnulled e ->
                        new Annulled(now.content(), next, now.basisVersion(), next, changed);
                    case QualificationReinstated e -> throw cannotFollow(event);
                    case QualificationMoved e ->
                        new Registered(
                                now.content(),
                                next,
                                now.basisVersion(),
                                now.reinstatedVersion(),
                                now.dispute().moved(next));
                    case QualificationDisputed e ->
                        new Registered(
                                now.content(),
                                next,
                                now.basisVersion(),
                                now.reinstatedVersion(),
                                opened(now.dispute(), next, event));
                    case DisputeSettled e ->
                        new Registered(
                                now.content(),
                                next,
                                now.basisVersion(),
                                now.reinstatedVersion(),
                                ended(now.dispute(), next, e));
                };
            }
            case Annulled now -> {
                long next = now.version() + 1;
                Dispute changed = now.dispute().recordChanged();
                yield switch (event) {
                    case QualificationRegistered e -> throw cannotFollow(event);
                    case QualificationCorrected e -> throw cannotFollow(event);
                    case QualificationAnnulled e -> throw cannotFollow(event);
                    case QualificationReinstated e ->
                        new Registered(now.content(), next, now.basisVersion(), next, changed);
                    case QualificationMoved e ->
                        new Annulled(
                                now.content(),
                                next,
                                now.basisVersion(),
                                now.annulledVersion(),
                                now.dispute().moved(next));
                    case QualificationDisputed e ->
                        new Annulled(
                                now.content(),
                                next,
                                now.basisVersion(),
                                now.annulledVersion(),
                                opened(now.dispute(), next, event));
                    case DisputeSettled e ->
                        new Annulled(
                                now.content(),
                                next,
                                now.basisVersion(),
                                now.annulledVersion(),
                                ended(now.dispute(), next, e));
                };
            }
        };
    }

    private static Dispute opened(Dispute dispute, long version, QualificationEvent event) {
        if (dispute.isOpen()) {
            throw cannotFollow(event);
        }
        return dispute.opened(version);
    }

    private static Dispute ended(Dispute dispute, long version, DisputeSettled event) {
        if (!dispute.isOpen()) {
            throw cannotFollow(event);
        }
        return dispute.ended(version, event.outcome());
    }

    private static Decision unknown() {
        return refused(RejectionCode.UNKNOWN_REFERENCE, "nothing is registered under this reference");
    }

    private static Decision refused(RejectionCode code, String message) {
        return new Decision.Refused(new Rejection(code, "", message));
    }

    private static IllegalStateException cannotFollow(QualificationEvent event) {
        return new IllegalStateException("a " + event.type() + " cannot follow here");
    }
}
