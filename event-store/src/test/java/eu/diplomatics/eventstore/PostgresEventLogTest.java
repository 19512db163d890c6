package eu.diplomatics.eventstore;

import org.junit.jupiter.api.AfterEach;

/** The suite on a real PostgreSQL that commits durably. */
class PostgresEventLogTest extends EventLogSuite {
    private final EventStoreFixture store = EventStoreFixture.create();

    @Override
    protected EventLog openLog() {
        return store.openLog();
    }

    @Override
    protected EventReader openReader() {
        return store.openReader();
    }

    @AfterEach
    void close() {
        store.close();
    }
}
