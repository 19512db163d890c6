package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.qualification.Rejection;

/** What became of one registration. */
public sealed interface RegistrationOutcome {
    /** It stands in the log, by this attempt or an earlier one of the same command. */
    record Accepted(EventPlace place) implements RegistrationOutcome {}

    /** A dry run found nothing against it. */
    record Acceptable() implements RegistrationOutcome {}

    /** The same content was registered before, there. */
    record Duplicate(EventPlace first) implements RegistrationOutcome {}

    /** A dry run found the same content in an earlier row of the same command. */
    record DuplicateOfRow() implements RegistrationOutcome {}

    record Refused(Rejection rejection) implements RegistrationOutcome {}
}
