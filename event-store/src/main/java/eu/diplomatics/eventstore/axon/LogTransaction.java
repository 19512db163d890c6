package eu.diplomatics.eventstore.axon;

import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.UnitRefusedException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine.AppendTransaction;
import org.axonframework.eventsourcing.eventstore.GlobalIndexConsistencyMarker;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.jspecify.annotations.Nullable;

/** One unit of work's events, sealed; they queue for the log at commit and not before. */
final class LogTransaction implements AppendTransaction<ConsistencyMarker> {
    private final EventLog log;
    private final AppendUnit unit;
    private final ConsistencyMarker readUpTo;
    private final Runnable appended;
    private final Runnable generationOver;
    private final AtomicBoolean finished = new AtomicBoolean();

    LogTransaction(
            EventLog log, AppendUnit unit, ConsistencyMarker readUpTo, Runnable appended, Runnable generationOver) {
        this.generationOver = generationOver;
        this.log = log;
        this.unit = unit;
        this.readUpTo = readUpTo;
        this.appended = appended;
    }

    @Override
    public CompletableFuture<ConsistencyMarker> commit(@Nullable ProcessingContext context) {
        if (finished.getAndSet(true)) {
            return CompletableFuture.failedFuture(new IllegalStateException("committed or rolled back before"));
        }
        if (unit.events().isEmpty()) {
            return CompletableFuture.completedFuture(ConsistencyMarker.ORIGIN);
        }
        return log.append(List.of(unit)).getFirst().thenCompose(this::marker).exceptionallyCompose(this::rejected);
    }

    /** Sealed under a key generation that ended in between: whoever decides and seals again succeeds. */
    private CompletableFuture<ConsistencyMarker> rejected(Throwable failure) {
        if (!UnitRefusedException.isStaleGeneration(failure)) {
            return CompletableFuture.failedFuture(failure);
        }
        generationOver.run();
        return CompletableFuture.failedFuture(
                AppendEventsTransactionRejectedException.conflictingEventsDetected(readUpTo));
    }

    private CompletableFuture<ConsistencyMarker> marker(AppendOutcome outcome) {
        return switch (outcome) {
            case AppendOutcome.Appended(List<EventPlace> places) -> {
                appended.run();
                yield CompletableFuture.completedFuture(last(places));
            }
            case AppendOutcome.AppendedBefore(List<EventPlace> places) ->
                CompletableFuture.completedFuture(last(places));
            case AppendOutcome.Clashed() ->
                CompletableFuture.failedFuture(
                        AppendEventsTransactionRejectedException.conflictingEventsDetected(readUpTo));
        };
    }

    private static ConsistencyMarker last(List<EventPlace> places) {
        return places.isEmpty()
                ? ConsistencyMarker.ORIGIN
                : new GlobalIndexConsistencyMarker(places.getLast().position());
    }

    @Override
    public void rollback(@Nullable ProcessingContext context) {
        finished.set(true);
    }

    @Override
    public CompletableFuture<ConsistencyMarker> afterCommit(
            ConsistencyMarker marker, @Nullable ProcessingContext context) {
        return CompletableFuture.completedFuture(marker);
    }
}
