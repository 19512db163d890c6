package eu.diplomatics.vault;

import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.EventMetadata;

/** A stored event with its content, opened to answer. Never write it anywhere. */
public record OpenedEvent(StoredEvent stored, DomainEvent event, EventMetadata metadata) {
    @Override
    public String toString() {
        return "OpenedEvent[position=" + stored.position() + ", content redacted]";
    }
}
