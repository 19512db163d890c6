package eu.diplomatics.eventstore;

import java.util.List;

/** What became of one {@link AppendUnit}. */
public sealed interface AppendOutcome {
    /** The unit is durable. Events left out because of {@code ifAbsent} have no place here. */
    record Appended(List<EventPlace> places) implements AppendOutcome {}

    /** The command was appended before; these are its places. */
    record AppendedBefore(List<EventPlace> places) implements AppendOutcome {}

    /** A condition does not hold, or a stream already has one of the versions: read again and decide anew. */
    record Clashed() implements AppendOutcome {}
}
