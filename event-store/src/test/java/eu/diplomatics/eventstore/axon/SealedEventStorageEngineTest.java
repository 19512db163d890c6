package eu.diplomatics.eventstore.axon;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.EventStoreFixture;
import org.axonframework.eventsourcing.eventstore.StorageEngineTestSuite;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.core.unitofwork.StubProcessingContext;
import org.junit.jupiter.api.AfterAll;

/** Axon's own suite for storage engines, in full, on PostgreSQL and with encrypted events. */
class SealedEventStorageEngineTest extends StorageEngineTestSuite<SealedEventStorageEngine> {
    private final EventStoreFixture store = EventStoreFixture.create();

    @Override
    protected SealedEventStorageEngine buildStorageEngine() {
        return new SealedEventStorageEngine(store.openLog(), reader(store), new SealingVault());
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
}
