package eu.diplomatics.qualification;

import eu.diplomatics.qualification.DomainEvent.QualificationEvent;

/** What becomes of a command. */
public sealed interface Decision {
    /** Append this event. */
    record Happened(QualificationEvent event) implements Decision {}

    /**
     * The command asks for what is already so: append nothing, answer as the first time.
     *
     * @param version of the event that made it so
     */
    record AlreadySo(long version) implements Decision {}

    record Refused(Rejection rejection) implements Decision {}
}
