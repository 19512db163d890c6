package eu.diplomatics.eventstore.axon;

import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.EventStoreFixture;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.axonframework.eventsourcing.eventstore.StorageEngineTestSuite;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.core.unitofwork.StubProcessingContext;
import org.junit.jupiter.api.AfterAll;

/** Axon's own suite for storage engines, in full, on PostgreSQL and with encrypted events. */
class SealedEventStorageEngineTest extends StorageEngineTestSuite<SealedEventStorageEngine> {
    private final EventStoreFixture store = EventStoreFixture.create();

    @Override
    protected SealedEventStorageEngine buildStorageEngine() {
        return new SealedEventStorageEngine(new Settled(store.openLog()), reader(store), new SealingVault());
    }

    EventReader reader(EventStoreFixture opened) {
        return opened.openReader();
    }

    @Override
    protected ProcessingContext processingContext() {
        return new StubProcessingContext();
    }

    @AfterAll
    void close() {
        testSubject.close();
        store.close();
    }

    /**
     * Answers once the outcome is known. The suite looks at an append that has to fail 50 ms after it began, whether it
     * is done or not.
     */
    private record Settled(EventLog log) implements EventLog {
        @Override
        public List<CompletableFuture<AppendOutcome>> append(List<AppendUnit> units) {
            List<CompletableFuture<AppendOutcome>> outcomes = log.append(units);
            outcomes.forEach(outcome -> outcome.handle((done, failure) -> done).join());
            return outcomes;
        }

        @Override
        public boolean isReady() {
            return log.isReady();
        }

        @Override
        public boolean holdsLog() {
            return log.holdsLog();
        }

        @Override
        public void close() {
            log.close();
        }
    }
}
