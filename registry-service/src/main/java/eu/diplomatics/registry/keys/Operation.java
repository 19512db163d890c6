package eu.diplomatics.registry.keys;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Work on keys as it was asked for, and how far it is.
 *
 * @param step what it is at; empty before the first
 * @param done of the step's {@code total}; 0 of 0 when it does not count
 * @param stepAt when the step began
 * @param attempts how often it was taken up
 * @param error why the last attempt ended, when it did not end well
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Operation(
        UUID id,
        String kind,
        Map<String, String> arguments,
        String requestedBy,
        State state,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        String step,
        @Nullable Instant stepAt,
        long done,
        long total,
        int attempts,
        @Nullable String error) {
    enum State {
        PENDING,
        RUNNING,
        DONE,
        FAILED
    }

    /** When the step will be done if it goes on as it did; null when that cannot be said. */
    @Nullable
    Instant estimatedStepEnd(Instant now) {
        if (state != State.RUNNING || stepAt == null || done <= 0 || total < done) {
            return null;
        }
        Duration spent = Duration.between(stepAt, now);
        return stepAt.plusMillis((long) ((double) spent.toMillis() * total / done));
    }
}
