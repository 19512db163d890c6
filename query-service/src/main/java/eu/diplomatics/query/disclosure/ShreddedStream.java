package eu.diplomatics.query.disclosure;

import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.Shredding;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import java.util.List;
import java.util.UUID;

/** A stream without its key: the headers of its events, which are all that is left, and why. */
record ShreddedStream(List<StoredEvent> events, Shredding why) {
    /** Whom it was filed under, which is not whose it was once it was moved. */
    UUID holder() {
        return events.getFirst().holder();
    }

    /** How often it was given to somebody else; to whom its content said. */
    long moves() {
        return events.stream()
                .filter(event -> event.context().type().equals(QualificationMoved.TYPE))
                .count();
    }
}
