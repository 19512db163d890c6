package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.query.freshness.FreshAsOf;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Sealed streams as read for one answer.
 *
 * @param streams by id, versions from 1 without gap
 * @param fromStore which of them were read from the store, so that there is nothing more to ask
 * @param refused streams that not even the store can show to be right, and the holders that they name
 * @param freshAsOf up to where they are complete
 */
public record Copies(
        Map<UUID, List<StoredEvent>> streams, Set<UUID> fromStore, Set<UUID> refused, FreshAsOf freshAsOf) {}
