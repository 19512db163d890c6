package eu.diplomatics.eventstore;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The append side of the log: a single writer with group commit.
 *
 * <p>Futures complete after the commit, off the writer's thread. They fail with {@link LogUnavailableException} when the
 * outcome could not be made durable or learnt; the same unit may then be offered again, its command id keeps it from
 * being appended twice.
 */
public interface EventLog extends AutoCloseable {
    /** Offers units in this order; a unit that clashes does not touch its neighbours. */
    List<CompletableFuture<AppendOutcome>> append(List<AppendUnit> units);

    /** Whether this writer still holds the log's epoch and its database answers. */
    boolean isReady();

    /**
     * Whether nobody else had taken the log over when the database was asked just now; {@link #isReady} may know of that a
     * little later.
     *
     * @throws LogUnavailableException when it does not answer
     */
    boolean holdsLog();

    @Override
    void close();
}
