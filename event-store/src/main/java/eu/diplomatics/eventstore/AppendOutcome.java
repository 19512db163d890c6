package eu.diplomatics.eventstore;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What became of one {@link AppendUnit}. */
public sealed interface AppendOutcome {
    /** The unit is durable. Events left out because of {@code ifAbsent} have no place here. */
    record Appended(List<EventPlace> places) implements AppendOutcome {}

    /** The command was appended before; these are its places. */
    record AppendedBefore(List<EventPlace> places) implements AppendOutcome {}

    /** A condition does not hold, or a stream already has one of the versions: read again and decide anew. */
    record Clashed() implements AppendOutcome {}

    /**
     * Waits for it.
     *
     * @return empty when what the unit was sealed or tagged for is over by now: do that anew, then offer it again
     * @throws LogUnavailableException when it is not known within the limit, or cannot be appended; what was offered may
     *     still be appended
     */
    static Optional<AppendOutcome> await(CompletableFuture<AppendOutcome> offered, Duration limit) {
        try {
            return Optional.of(offered.get(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            throw new LogUnavailableException("the outcome is not known yet", false, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted before the outcome was known", false, e);
        } catch (ExecutionException e) {
            if (UnitRefusedException.isStale(e)) {
                return Optional.empty();
            }
            throw e.getCause() instanceof LogUnavailableException unavailable
                    ? unavailable
                    : new LogUnavailableException("this cannot be appended", false, e.getCause());
        }
    }
}
