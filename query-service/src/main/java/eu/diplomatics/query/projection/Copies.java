package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.query.freshness.FreshAsOf;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Sealed streams as read for one answer.
 *
 * @param streams by id, versions from 1 without gap
 * @param freshAsOf up to where they are complete
 */
public record Copies(Map<UUID, List<StoredEvent>> streams, FreshAsOf freshAsOf) {
    public Optional<List<StoredEvent>> stream(UUID stream) {
        return Optional.ofNullable(streams.get(stream));
    }
}
