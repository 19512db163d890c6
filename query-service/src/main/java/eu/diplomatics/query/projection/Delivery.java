package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.StoredEvent;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a record turned out to be. */
sealed interface Delivery {
    /** An event whose leaf belongs to its header. */
    record Arrived(StoredEvent event) implements Delivery {}

    /** Unusable, but the stream is known. */
    record Poisoned(UUID stream, @Nullable UUID holder, ParkReason reason) implements Delivery {}

    /** Unusable, and nothing says which stream it belongs to. */
    record Unattributed(String topic, int partition, long offset, String reason) implements Delivery {}
}
