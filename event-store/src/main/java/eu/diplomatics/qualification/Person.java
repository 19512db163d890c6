package eu.diplomatics.qualification;

import eu.diplomatics.qualification.Holder.Link;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The holders tied to one of them by the links of today, and the rules by which two persons turn out to be one. A link
 * only ever joins two persons, so that the links of a person form a tree: no cycles, and undoing one parts it in two.
 *
 * @param linkedBy for each holder but the first, the link that was followed last on the way to it
 */
public record Person(UUID first, Map<UUID, Holder> holders, Map<UUID, Link> linkedBy) {
    /** More than anybody has: nothing is linked beyond it. */
    public static final int MAX_HOLDERS = 64;

    /** What a link leads to. */
    public sealed interface LinkDecision {
        /** Append it. */
        record Joined() implements LinkDecision {}

        /** The two are one person already, by this link. */
        record AlreadySo(Link link) implements LinkDecision {}

        record Refused(Rejection rejection) implements LinkDecision {}
    }

    /**
     * The person that a holder belongs to. A link is followed only where both ends state it.
     *
     * @param known at least all holders that can be reached; one that is missing (erased) ends the way
     */
    public static Person around(UUID first, Map<UUID, Holder> known) {
        Map<UUID, Holder> holders = new LinkedHashMap<>();
        Map<UUID, Link> linkedBy = new LinkedHashMap<>();
        Deque<UUID> open = new ArrayDeque<>();
        Holder start = known.get(first);
        if (start != null) {
            holders.put(first, start);
            open.add(first);
        }
        while (!open.isEmpty()) {
            UUID id = open.remove();
            for (Link link : Objects.requireNonNull(holders.get(id)).links().values()) {
                Holder other = known.get(link.other(id));
                if (other != null && isStatedBy(other, link) && holders.putIfAbsent(other.id(), other) == null) {
                    linkedBy.put(other.id(), link);
                    open.add(other.id());
                }
            }
        }
        return new Person(first, holders, linkedBy);
    }

    /** Whether this end of a link states the same link. */
    public static boolean isStatedBy(Holder end, Link link) {
        Link stated = end.links().get(link.id());
        return stated != null
                && stated.kind() == link.kind()
                && stated.from().equals(link.from())
                && stated.to().equals(link.to());
    }

    /** How a holder came to be of this person. */
    public record Tie(LinkKind kind, Instant since) {}

    /** The link that leads to a holder, and since when the whole way there is known; empty for the first. */
    public Optional<Tie> tie(UUID holder) {
        Link last = linkedBy.get(holder);
        if (last == null) {
            return Optional.empty();
        }
        Instant since = last.since();
        UUID at = last.other(holder);
        for (Link link = linkedBy.get(at); link != null; link = linkedBy.get(at)) {
            since = link.since().isAfter(since) ? link.since() : since;
            at = link.other(at);
        }
        return Optional.of(new Tie(last.kind(), since));
    }

    /** The number in force: the one that no other replaced. */
    public Optional<Holder> current() {
        return holders.values().stream()
                .filter(holder -> holder.number().isPresent())
                .filter(holder -> holder.links().values().stream()
                        .noneMatch(link -> link.kind() == LinkKind.NUMBER_REPLACED
                                && link.from().equals(holder.id())))
                .findFirst();
    }

    /**
     * Which holder the person goes by for good: the first number, which replaced no other; for who has none, the holder asked
     * about. A number linked or replaced later changes nothing about it.
     */
    public UUID origin() {
        return holders.values().stream()
                .filter(holder -> holder.number().isPresent())
                .filter(holder -> holder.links().values().stream()
                        .noneMatch(link -> link.kind() == LinkKind.NUMBER_REPLACED
                                && link.to().equals(holder.id())
                                && holders.containsKey(link.from())))
                .map(Holder::id)
                .min(Comparator.naturalOrder())
                .orElse(first);
    }

    /** Whether {@code from} of this person and {@code to} of the other may be linked. */
    public LinkDecision link(LinkKind kind, UUID from, Person other, UUID to) {
        if (holders.containsKey(to)) {
            return within(kind, from, to);
        }
        if (holders.size() + other.holders.size() > MAX_HOLDERS) {
            return refused("", "nobody has that many numbers");
        }
        Optional<Holder> ours = current();
        Optional<Holder> theirs = other.current();
        return switch (kind) {
            case NUMBER_LINKED ->
                ours.isPresent() && theirs.isPresent()
                        ? refused("/insz", "this person has another number: say that one replaces the other")
                        : new LinkDecision.Joined();
            case NUMBER_REPLACED -> {
                if (!ours.map(Holder::id).equals(Optional.of(from))) {
                    yield refused("/oldInsz", "this number was replaced before, by another");
                }
                yield theirs.map(Holder::id).equals(Optional.of(to))
                        ? new LinkDecision.Joined()
                        : refused("/newInsz", "this number was itself replaced");
            }
        };
    }

    private LinkDecision within(LinkKind kind, UUID from, UUID to) {
        Holder start = holders.get(from);
        if (start == null) {
            throw new IllegalArgumentException("not of this person");
        }
        return start.links().values().stream()
                .filter(link -> link.kind() == kind && link.from().equals(from))
                .filter(link -> kind == LinkKind.NUMBER_LINKED || link.to().equals(to))
                .findFirst()
                .<LinkDecision>map(LinkDecision.AlreadySo::new)
                .orElseGet(() -> refused("", "both are one person already, otherwise than asked"));
    }

    private static LinkDecision refused(String pointer, String message) {
        return new LinkDecision.Refused(new Rejection(RejectionCode.LINK_CONFLICT, pointer, message));
    }

    @Override
    public String toString() {
        return "Person[" + first + ", redacted]";
    }
}
