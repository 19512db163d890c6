package eu.diplomatics.query.disclosure;

import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.Shredding;
import java.util.List;
import java.util.UUID;

/** A stream without its key: the headers of its events, which are all that is left, and why. */
record ShreddedStream(List<StoredEvent> events, Shredding why) {
    UUID holder() {
        return events.getFirst().holder();
    }
}
