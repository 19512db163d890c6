package eu.diplomatics.registry.identity;

import eu.diplomatics.qualification.Holder;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Person;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.identity.Ends.End;
import eu.diplomatics.registry.identity.Ends.Filed;
import eu.diplomatics.registry.identity.People.Known;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Whose a qualification is, for who asks about one of their own. */
public final class Owners {
    private final Ends ends;
    private final People people;

    Owners(Ends ends, People people) {
        this.ends = ends;
        this.people = people;
    }

    /**
     * The version of it that is of the person with this number, as a consultation has it: also what was registered under a number or
     * name that was linked with it, and not what was moved away. Empty when it is not theirs, or not there.
     *
     * @param caller the citizen, or who stands for them
     */
    public OptionalLong version(UUID reference, Insz insz, Caller caller) {
        Optional<UUID> holder = ends.find(new End.Number(insz), caller);
        Optional<Filed> filed = ends.filed(reference, caller);
        if (holder.isEmpty() || filed.isEmpty()) {
            return OptionalLong.empty();
        }
        Known known = people.around(List.of(holder.get()));
        Holder self = known.holders().get(holder.get());
        if (self == null) {
            return OptionalLong.empty();
        }
        Ends.check(new End.Number(insz), self);
        return Person.around(holder.get(), known.holders())
                        .holders()
                        .containsKey(filed.get().holder())
                ? OptionalLong.of(filed.get().version())
                : OptionalLong.empty();
    }
}
