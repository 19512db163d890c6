package eu.diplomatics.vault;

import eu.diplomatics.eventstore.StoredEvent;

/** What becomes of a stored event when it is opened. */
public sealed interface Opening {
    /** Its content, to answer with. */
    record Opened(OpenedEvent event) implements Opening {}

    /** Its key is no more, and with it its content; the header still shows that there was an event. */
    record Shredded(StoredEvent stored) implements Opening {}
}
