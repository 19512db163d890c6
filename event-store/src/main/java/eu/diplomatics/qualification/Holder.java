package eu.diplomatics.qualification;

import eu.diplomatics.qualification.DomainEvent.HolderEvent;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.HolderLinkUndone;
import eu.diplomatics.qualification.DomainEvent.HolderLinked;
import eu.diplomatics.qualification.DomainEvent.QualificationReceived;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a holder's stream says of it today. Pure.
 *
 * @param version of the latest event
 * @param registeredBy the actor who stated the identity
 * @param links as they stand, undone ones left out, by id
 * @param received references of qualifications that were moved here; some may have moved on
 */
public record Holder(
        UUID id,
        long version,
        HolderIdentity identity,
        String registeredBy,
        Map<UUID, Link> links,
        Set<UUID> received) {
    /** An event of the stream with what stands beside it. */
    public record Noted(HolderEvent event, String actor, Instant recordedAt) {
        @Override
        public String toString() {
            return "Noted[redacted]";
        }
    }

    /** A tie between two holders, and since when it is known. */
    public record Link(UUID id, LinkKind kind, UUID from, UUID to, Instant since) {
        /** The end that is not {@code holder}. */
        public UUID other(UUID holder) {
            return from.equals(holder) ? to : from;
        }
    }

    /**
     * The state after these events, from nothing.
     *
     * @throws IllegalStateException when they cannot follow each other: a broken stream, never a broken rule
     */
    public static Holder of(UUID id, List<Noted> events) {
        if (events.isEmpty() || !(events.getFirst().event() instanceof HolderIdentified(HolderIdentity identity))) {
            throw new IllegalStateException("a holder's stream begins with who it is");
        }
        Map<UUID, Link> links = new LinkedHashMap<>();
        Set<UUID> received = new LinkedHashSet<>();
        for (Noted noted : events.subList(1, events.size())) {
            switch (noted.event()) {
                case HolderIdentified again -> throw cannotFollow(again);
                case HolderLinked linked -> {
                    boolean ours = linked.from().equals(id) != linked.to().equals(id);
                    Link link = new Link(linked.link(), linked.kind(), linked.from(), linked.to(), noted.recordedAt());
                    if (!ours || links.putIfAbsent(link.id(), link) != null) {
                        throw cannotFollow(linked);
                    }
                }
                case HolderLinkUndone undone -> {
                    if (links.remove(undone.link()) == null) {
                        throw cannotFollow(undone);
                    }
                }
                case QualificationReceived moved -> received.add(moved.reference());
            }
        }
        return new Holder(
                id, events.size(), identity, events.getFirst().actor(), Map.copyOf(links), Set.copyOf(received));
    }

    private static IllegalStateException cannotFollow(HolderEvent event) {
        return new IllegalStateException("a " + event.type() + " cannot follow here");
    }

    /** The national number, where that is how the holder is known. */
    public Optional<Insz> number() {
        return identity instanceof HolderIdentity.ByInsz(Insz insz) ? Optional.of(insz) : Optional.empty();
    }

    /** Whether this supplier's own local number stands for the holder. */
    public boolean isLocalOf(String supplier) {
        return identity instanceof HolderIdentity.ByName && registeredBy.equals("supplier:" + supplier);
    }

    @Override
    public String toString() {
        return "Holder[" + id + ", redacted]";
    }
}
