package eu.diplomatics.registry.identity;

import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Person;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.identity.Ends.End;
import eu.diplomatics.registry.identity.Ends.Filed;
import eu.diplomatics.registry.identity.People.Known;
import java.util.List;
import java.util.Optional;
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
     * Whether it is of the person with this number, as a consultation has it: also what was registered under a number or name that
     * was linked with it, and not what was moved away.
     *
     * @param caller the citizen, or who stands for them
     */
    public boolean isOf(UUID reference, Insz insz, Caller caller) {
        Optional<UUID> holder = ends.find(new End.Number(insz), caller);
        Optional<UUID> filed = ends.filed(reference, caller).map(Filed::holder);
        if (holder.isEmpty() || filed.isEmpty()) {
            return false;
        }
        Known known = people.around(List.of(holder.get()));
        if (!known.holders().containsKey(holder.get())) {
            return false;
        }
        Ends.check(new End.Number(insz), known.holders().get(holder.get()));
        return Person.around(holder.get(), known.holders()).holders().containsKey(filed.get());
    }
}
