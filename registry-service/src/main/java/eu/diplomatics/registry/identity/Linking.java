package eu.diplomatics.registry.identity;

import eu.diplomatics.eventstore.Condition;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.Tag;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.HolderLinkUndone;
import eu.diplomatics.qualification.DomainEvent.HolderLinked;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Holder;
import eu.diplomatics.qualification.Holder.Link;
import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.LinkKind;
import eu.diplomatics.qualification.Person;
import eu.diplomatics.qualification.Person.LinkDecision;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.identity.Appending.Next;
import eu.diplomatics.registry.identity.Ends.End;
import eu.diplomatics.registry.identity.People.Known;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Ties holders that turn out to be one person (L10), and unties them. The same event stands in the stream of each end,
 * appended together, under the condition that neither person has changed since it was read.
 */
final class Linking {
    private final Ends ends;
    private final People people;
    private final Appending appending;
    private final EventReader reader;

    Linking(Ends ends, People people, Appending appending, EventReader reader) {
        this.ends = ends;
        this.people = people;
        this.appending = appending;
        this.reader = reader;
    }

    /**
     * @param id of the command, and so of the link
     * @param from who is linked with {@code to}'s number, or whose number is replaced by it
     */
    record LinkHolders(
            UUID id,
            boolean triedBefore,
            Caller caller,
            LinkKind kind,
            End from,
            Insz to,
            String reasonCode,
            EventMetadata metadata) {
        @Override
        public String toString() {
            return "LinkHolders[redacted]";
        }
    }

    IdentityOutcome link(LinkHolders command) {
        return appending.untilSettled(() -> attempt(command));
    }

    private IdentityOutcome attempt(LinkHolders command) {
        Optional<UUID> named = ends.find(command.from(), command.caller());
        if (named.isEmpty()) {
            return unknownHolder(command.from());
        }
        UUID from = named.get();
        UUID to = ends.claim(IndexTerm.holder(command.to()), null);
        if (command.triedBefore()
                && reader.commands(List.of(command.id())).get(command.id()) instanceof List<EventPlace> places) {
            return repeated(command, places.getLast(), from, to);
        }
        Known known = people.around(List.of(from, to));
        if (known.erased().contains(from) || known.erased().contains(to)) {
            return refused(RejectionCode.HOLDER_ERASED, "", "the identity of this holder was erased");
        }
        Holder start = known.holders().get(from);
        if (start == null) {
            return unknownHolder(command.from());
        }
        Ends.check(command.from(), start);
        if (command.kind() == LinkKind.NUMBER_LINKED && start.number().isPresent()) {
            return refused(RejectionCode.LINK_CONFLICT, "/reference", "this holder is known by a national number");
        }
        Map<UUID, Holder> holders = new HashMap<>(known.holders());
        Holder end = holders.computeIfAbsent(
                to,
                id -> new Holder(
                        id, 0, new ByInsz(command.to()), command.metadata().actor(), Map.of(), Set.of()));
        Ends.check(new End.Number(command.to()), end);
        Person ours = Person.around(from, holders);
        Person theirs = Person.around(to, holders);
        return switch (ours.link(command.kind(), from, theirs, to)) {
            case LinkDecision.Refused(Rejection rejection) -> new IdentityOutcome.Refused(rejection);
            case LinkDecision.AlreadySo(Link link) ->
                known.latest(link.from(), event -> isLink(event, link.id()))
                        .<IdentityOutcome>map(place -> new IdentityOutcome.Done(link.id(), link.kind(), place, false))
                        .orElseThrow();
            case LinkDecision.Joined() -> join(command, start, end, known, ours, theirs);
        };
    }

    private IdentityOutcome join(
            LinkHolders command, Holder start, Holder end, Known known, Person ours, Person theirs) {
        HolderLinked linked =
                new HolderLinked(command.id(), command.kind(), start.id(), end.id(), command.reasonCode());
        List<Next> events = new ArrayList<>();
        boolean isNew = end.version() == 0;
        if (isNew) {
            events.add(new Next(end.id(), 1, end.id(), new HolderIdentified(end.identity())));
        }
        events.add(new Next(end.id(), end.version() + (isNew ? 2 : 1), end.id(), linked));
        events.add(new Next(start.id(), start.version() + 1, start.id(), linked));
        Set<UUID> all = new HashSet<>(ours.holders().keySet());
        all.addAll(theirs.holders().keySet());
        List<Condition> unchanged = all.stream()
                .map(id -> new Condition(known.lastPosition(id), List.of(Tag.stream(id)), Set.of()))
                .toList();
        return appending
                .append(command.id(), command.metadata(), events, isNew ? List.of(end.id()) : List.of(), unchanged)
                .<IdentityOutcome>map(place -> new IdentityOutcome.Done(command.id(), command.kind(), place, true))
                .orElseGet(IdentityOutcome.Clashed::new);
    }

    /** The same command again: answered as the first time, unless it asks for something else. */
    private IdentityOutcome repeated(LinkHolders command, EventPlace place, UUID from, UUID to) {
        HolderLinked asked = new HolderLinked(command.id(), command.kind(), from, to, command.reasonCode());
        boolean same = people.around(List.of(from)).streams().getOrDefault(from, List.of()).stream()
                .anyMatch(opened -> opened.event().equals(asked));
        return same
                ? new IdentityOutcome.Done(command.id(), command.kind(), place, true)
                : new IdentityOutcome.KeyReused();
    }

    /** Who is linked by this command's link stays who they were before it; nothing that was recorded goes. */
    IdentityOutcome undo(UUID link, Caller caller, UUID command, String reasonCode, EventMetadata metadata) {
        return appending.untilSettled(() -> attemptUndo(link, caller, command, reasonCode, metadata));
    }

    private IdentityOutcome attemptUndo(
            UUID link, Caller caller, UUID command, String reasonCode, EventMetadata metadata) {
        List<UUID> streams = reader.commands(List.of(link)).getOrDefault(link, List.of()).stream()
                .map(EventPlace::stream)
                .distinct()
                .toList();
        Known known = people.around(streams);
        Optional<HolderLinked> made = streams.stream()
                .flatMap(id -> known.streams().getOrDefault(id, List.of()).stream())
                .map(opened -> opened.event())
                .filter(event -> isLink(event, link))
                .map(HolderLinked.class::cast)
                .findFirst();
        if (made.isEmpty() || !mayUndo(caller, made.get(), known)) {
            return refused(RejectionCode.UNKNOWN_REFERENCE, "", "there is no such link");
        }
        HolderLinked linked = made.get();
        List<Holder> tied = List.of(linked.to(), linked.from()).stream()
                .flatMap(id -> Optional.ofNullable(known.holders().get(id)).stream())
                .toList();
        List<Next> events = tied.stream()
                .filter(holder -> holder.links().containsKey(link))
                .map(holder -> new Next(
                        holder.id(), holder.version() + 1, holder.id(), new HolderLinkUndone(link, reasonCode)))
                .toList();
        if (events.isEmpty()) {
            return tied.reversed().stream()
                    .flatMap(holder -> known.latest(holder.id(), event -> isUndoing(event, link)).stream())
                    .findFirst()
                    .<IdentityOutcome>map(place -> new IdentityOutcome.Done(link, linked.kind(), place, false))
                    .orElseThrow();
        }
        return appending
                .append(command, metadata, events, List.of(), List.of())
                .<IdentityOutcome>map(place -> new IdentityOutcome.Done(link, linked.kind(), place, true))
                .orElseGet(IdentityOutcome.Clashed::new);
    }

    /** A supplier takes back what concerns its own local numbers; of other links it does not even learn. */
    private static boolean mayUndo(Caller caller, HolderLinked linked, Known known) {
        return caller.role() == Caller.Role.CONTROLLER
                || known.holders().get(linked.from()) instanceof Holder from && from.isLocalOf(caller.id());
    }

    private static boolean isLink(DomainEvent event, UUID link) {
        return event instanceof HolderLinked linked && linked.link().equals(link);
    }

    private static boolean isUndoing(DomainEvent event, UUID link) {
        return event instanceof HolderLinkUndone undone && undone.link().equals(link);
    }

    private static IdentityOutcome unknownHolder(End end) {
        return switch (end) {
            case End.OfQualification reference ->
                refused(RejectionCode.UNKNOWN_REFERENCE, "/reference", "nothing is registered under this reference");
            case End.LocalNumber local ->
                refused(RejectionCode.UNKNOWN_HOLDER, "/localNumber", "nobody is registered with this number");
            case End.Number number ->
                refused(RejectionCode.UNKNOWN_HOLDER, "/oldInsz", "nobody is registered with this number");
        };
    }

    private static IdentityOutcome refused(RejectionCode code, String pointer, String message) {
        return new IdentityOutcome.Refused(new Rejection(code, pointer, message));
    }
}
