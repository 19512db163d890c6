package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.qualification.Rejection;

/** What became of a change, once its command is handled. */
sealed interface ChangeOutcome {
    /** An event was appended; its place is known only after the commit: look it up by the command. */
    record Changed() implements ChangeOutcome {}

    /**
     * Nothing had to be appended.
     *
     * @param since the event that made it so
     * @param version of the qualification now
     */
    record AlreadySo(EventPlace since, long version) implements ChangeOutcome {}

    /** The caller has seen an older version. */
    record Stale() implements ChangeOutcome {}

    record Refused(Rejection rejection) implements ChangeOutcome {}
}
