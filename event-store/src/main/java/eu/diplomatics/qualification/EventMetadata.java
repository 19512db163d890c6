package eu.diplomatics.qualification;

import java.util.Objects;
import java.util.stream.Stream;

/**
 * Who acted, through which channel, why, and what belongs together (R04); always encrypted with the event.
 *
 * @param actor the caller, for example {@code supplier:KUL}
 * @param channel {@code api} or {@code batch}
 * @param reason free text of the actor, empty when none was given
 * @param correlation id of the request or batch
 */
public record EventMetadata(String actor, String channel, String reason, String correlation) {
    public EventMetadata {
        Stream.of(actor, channel, reason, correlation).forEach(Objects::requireNonNull);
    }

    @Override
    public String toString() {
        return "EventMetadata[redacted]";
    }
}
