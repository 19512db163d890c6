package eu.diplomatics.query.disclosure;

import eu.diplomatics.qualification.Holder;
import eu.diplomatics.qualification.Person;
import eu.diplomatics.query.freshness.FreshAsOf;
import eu.diplomatics.vault.OpenedEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Opened records.
 *
 * @param holders what the stream of each says; one whose identity was erased is absent
 * @param qualifications by the holder whose they are now, then by reference
 * @param shredded streams that nobody can read any more, identities and records
 * @param seen ids of all streams that were read, erased ones included
 * @param refused streams and holders about whom nothing may be answered: a record of theirs is broken in the store
 */
record Opened(
        Map<UUID, Holder> holders,
        Map<UUID, Map<UUID, List<OpenedEvent>>> qualifications,
        Map<UUID, ShreddedStream> shredded,
        Set<UUID> seen,
        Set<UUID> refused,
        FreshAsOf freshAsOf) {

    Map<UUID, List<OpenedEvent>> qualificationsOf(UUID holder) {
        return qualifications.getOrDefault(holder, Map.of());
    }

    /** Whether anything that belongs to this person cannot be shown to be right. */
    boolean refuses(Person person) {
        if (refused.contains(person.first())) {
            return true;
        }
        for (Holder holder : person.holders().values()) {
            Set<UUID> ids = new HashSet<>(holder.received());
            ids.add(holder.id());
            holder.links().values().forEach(link -> ids.add(link.other(holder.id())));
            ids.retainAll(refused);
            if (!ids.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return "Opened[redacted]";
    }
}
