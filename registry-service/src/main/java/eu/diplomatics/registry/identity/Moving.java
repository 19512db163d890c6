package eu.diplomatics.registry.identity;

import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import eu.diplomatics.qualification.DomainEvent.QualificationReceived;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Holder;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.NameKey;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.identity.Appending.Next;
import eu.diplomatics.registry.identity.Ends.End;
import eu.diplomatics.registry.identity.Ends.Filed;
import eu.diplomatics.registry.identity.People.Known;
import eu.diplomatics.vault.OpenedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Gives a qualification that was filed under the wrong person to the right one. Its stream and reference stay, and with
 * them every receipt; nothing else of either person is touched.
 */
final class Moving {
    private final Ends ends;
    private final People people;
    private final Appending appending;

    Moving(Ends ends, People people, Appending appending) {
        this.ends = ends;
        this.people = people;
        this.appending = appending;
    }

    /** @param to whose it is */
    record MoveTo(
            UUID id, Caller caller, UUID reference, HolderIdentity to, String reasonCode, EventMetadata metadata) {
        @Override
        public String toString() {
            return "MoveTo[redacted]";
        }
    }

    IdentityOutcome move(MoveTo command) {
        return appending.untilSettled(() -> attempt(command));
    }

    private IdentityOutcome attempt(MoveTo command) {
        Optional<Filed> filed = ends.filed(command.reference(), command.caller());
        if (filed.isEmpty()) {
            return refused(RejectionCode.UNKNOWN_REFERENCE, "", "nothing is registered under this reference");
        }
        Filed qualification = filed.get();
        End end = end(command.to(), qualification.supplier());
        Optional<UUID> found = target(command, end);
        if (found.isEmpty()) {
            return refused(
                    RejectionCode.UNKNOWN_HOLDER, "/holder/localNumber", "nobody is registered with this number");
        }
        UUID to = found.get();
        Known known = people.around(List.of(to));
        if (known.erased().contains(to)) {
            return refused(RejectionCode.HOLDER_ERASED, "/holder", "the identity of this holder was erased");
        }
        Holder there = known.holders().get(to);
        // a claim that never came to an identity, as of a registration that was refused: nobody stated who that is
        if (there == null && end instanceof End.LocalNumber && command.caller().role() != Caller.Role.SUPPLIER) {
            return refused(
                    RejectionCode.UNKNOWN_HOLDER, "/holder/localNumber", "nobody is registered with this number");
        }
        Holder target = there != null
                ? there
                : new Holder(to, 0, command.to(), command.metadata().actor(), Map.of(), Set.of());
        Ends.check(end, target);
        if (!target.identity().equals(command.to())) {
            return refused(
                    RejectionCode.REFERENCE_CONFLICT,
                    "/holder/localNumber",
                    "the local number stands for another person");
        }
        return to.equals(qualification.holder()) ? alreadyThere(qualification) : append(command, qualification, target);
    }

    private static End end(HolderIdentity to, String supplier) {
        return switch (to) {
            case HolderIdentity.ByInsz(var insz) -> new End.Number(insz);
            case HolderIdentity.ByName byName -> new End.LocalNumber(supplier, byName.localNumber());
        };
    }

    /** A local number is its supplier's to give out: the controller uses those that stand for somebody already. */
    private Optional<UUID> target(MoveTo command, End end) {
        return switch (end) {
            case End.LocalNumber(String supplier, String localNumber)
            when command.caller().role() == Caller.Role.SUPPLIER ->
                Optional.of(ends.claim(IndexTerm.holder(supplier, localNumber), name(command.to())));
            case End.Number(var insz) -> Optional.of(ends.claim(IndexTerm.holder(insz), null));
            default -> ends.find(end, command.caller());
        };
    }

    private static @Nullable IndexTerm name(HolderIdentity holder) {
        return holder instanceof HolderIdentity.ByName byName ? IndexTerm.holder(NameKey.of(byName)) : null;
    }

    private static IdentityOutcome alreadyThere(Filed qualification) {
        OpenedEvent since = qualification.stream().reversed().stream()
                .filter(opened -> opened.event() instanceof QualificationMoved)
                .findFirst()
                .orElse(qualification.stream().getFirst());
        return new IdentityOutcome.Moved(People.place(since.stored()), qualification.version());
    }

    private IdentityOutcome append(MoveTo command, Filed qualification, Holder target) {
        List<Next> events = new ArrayList<>();
        boolean isNew = target.version() == 0;
        if (isNew) {
            events.add(new Next(target.id(), 1, target.id(), new HolderIdentified(target.identity())));
        }
        events.add(new Next(
                target.id(),
                target.version() + (isNew ? 2 : 1),
                target.id(),
                new QualificationReceived(command.reference())));
        long version = qualification.version() + 1;
        events.add(new Next(
                command.reference(),
                version,
                qualification.filedUnder(),
                new QualificationMoved(qualification.holder(), target.id(), command.reasonCode())));
        return appending
                .append(command.id(), command.metadata(), events, isNew ? List.of(target.id()) : List.of(), List.of())
                .<IdentityOutcome>map(place -> new IdentityOutcome.Moved(place, version))
                .orElseGet(IdentityOutcome.Clashed::new);
    }

    private static IdentityOutcome refused(RejectionCode code, String pointer, String message) {
        return new IdentityOutcome.Refused(new Rejection(code, pointer, message));
    }
}
