package eu.diplomatics.quickstart.load;

import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.quickstart.sample.FollowUp;
import eu.diplomatics.quickstart.sample.SampleRegistration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** People among the sample records with whom something can be shown. */
public final class SamplePeople {
    private SamplePeople() {}

    /**
     * Somebody to ask for; the numbers are for tests only.
     *
     * @param diplomas how many are registered, annulled ones included
     */
    public record Person(String insz, int diplomas, boolean annulled) {
        @Override
        public String toString() {
            return "Person[redacted]";
        }
    }

    /** At most {@code wanted} people of the first {@code count} records: several diplomas first, one annulled. */
    public static List<Person> of(long seed, long count, int wanted) {
        Map<String, Person> people = new LinkedHashMap<>();
        for (Iterator<SampleRegistration> records = Loader.records(seed, count); records.hasNext(); ) {
            SampleRegistration next = records.next();
            if (next.request().holder() instanceof ByInsz(var insz)) {
                boolean annulled =
                        !next.followUps().isEmpty() && next.followUps().getLast() instanceof FollowUp.Annulment;
                people.merge(
                        insz.digits(),
                        new Person(insz.digits(), 1, annulled),
                        (before, one) ->
                                new Person(before.insz(), before.diplomas() + 1, before.annulled() || one.annulled()));
            }
        }
        List<Person> shown = new ArrayList<>(people.values().stream()
                .filter(person -> !person.annulled())
                .sorted(Comparator.comparingInt(Person::diplomas).reversed())
                .limit(wanted - 1L)
                .toList());
        people.values().stream().filter(Person::annulled).findFirst().ifPresent(shown::add);
        return List.copyOf(shown);
    }
}
