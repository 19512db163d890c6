package eu.diplomatics.query.disclosure;

import eu.diplomatics.qualification.Holder;
import eu.diplomatics.qualification.Holder.Link;
import eu.diplomatics.qualification.Person;
import eu.diplomatics.query.freshness.FreshAsOf;
import eu.diplomatics.vault.OpenedEvent;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Collects opened records while links and moves are followed from holder to holder. */
final class Circle {
    private final Map<UUID, Holder> holders = new HashMap<>();
    private final Map<UUID, Map<UUID, List<OpenedEvent>>> qualifications = new HashMap<>();
    private final Map<UUID, ShreddedStream> shredded = new HashMap<>();
    private final Set<UUID> seen = new HashSet<>();
    private final Set<UUID> refused = new HashSet<>();
    private final Set<UUID> asked = new HashSet<>();
    private final FreshAsOf freshAsOf;

    /** @param freshAsOf of the first look: what is read after it may be newer, never older */
    Circle(FreshAsOf freshAsOf) {
        this.freshAsOf = freshAsOf;
    }

    void add(Opened opened, Collection<UUID> ids) {
        asked.addAll(ids);
        holders.putAll(opened.holders());
        opened.qualifications()
                .forEach((holder, found) -> qualifications
                        .computeIfAbsent(holder, id -> new HashMap<>())
                        .putAll(found));
        shredded.putAll(opened.shredded());
        seen.addAll(opened.seen());
        refused.addAll(opened.refused());
    }

    void refuse(Collection<UUID> ids) {
        refused.addAll(ids);
    }

    /** Linked holders that were not asked for yet. */
    Set<UUID> linked() {
        Set<UUID> linked = new HashSet<>();
        holders.forEach((id, holder) -> holder.links().values().forEach(link -> linked.add(link.other(id))));
        linked.removeAll(asked);
        return linked;
    }

    /** Qualifications moved to one of these holders that were not read yet. */
    Set<UUID> received() {
        Set<UUID> received = new HashSet<>();
        holders.values().forEach(holder -> received.addAll(holder.received()));
        received.removeAll(asked);
        received.removeAll(seen);
        return received;
    }

    /** Both ends of every link that one end states and the other does not; an erased end states nothing. */
    Set<UUID> disagreeing() {
        Set<UUID> disagreeing = new HashSet<>();
        holders.forEach((id, holder) -> {
            for (Link link : holder.links().values()) {
                UUID otherId = link.other(id);
                Holder other = holders.get(otherId);
                boolean silent = other == null && (seen.contains(otherId) || refused.contains(otherId));
                if (!silent && (other == null || !Person.isStatedBy(other, link))) {
                    disagreeing.add(id);
                    disagreeing.add(otherId);
                }
            }
        });
        return disagreeing;
    }

    Opened opened() {
        return new Opened(holders, qualifications, shredded, seen, refused, freshAsOf);
    }
}
