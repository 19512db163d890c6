package eu.diplomatics.eventstore.axon;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.EventStoreFixture;
import eu.diplomatics.eventstore.OneEventAPage;

/** The same suite where every page ends after one event: a short page is never the end. */
class OneEventAPageTest extends SealedEventStorageEngineTest {
    @Override
    EventReader reader(EventStoreFixture opened) {
        return OneEventAPage.of(opened.openReader());
    }
}
