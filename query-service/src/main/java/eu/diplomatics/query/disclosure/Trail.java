package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.qualification.Holder;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Person;
import eu.diplomatics.query.accesslog.NumberSubjects;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Under which pseudonyms the access log has a person: each of their numbers, replaced ones too (L10), and each holder they
 * are, for what was reached by reference. Where an identity was erased, only the number asked for is left.
 */
@Component
final class Trail {
    private static final Duration ALARM_RETRY = Duration.ofMinutes(1);

    private final NumberIndex index;
    private final NumberSubjects subjects;
    private final AccessSeal seal;
    private final Opener opener;
    private final Alarms alarms;

    Trail(NumberIndex index, NumberSubjects subjects, AccessSeal seal, Opener opener, Alarms alarms) {
        this.index = index;
        this.subjects = subjects;
        this.seal = seal;
        this.opener = opener;
        this.alarms = alarms;
    }

    /**
     * What rows about a person stand under.
     *
     * @param own for a new row
     */
    record Steps(byte[] own, List<byte[]> all) {
        @Override
        public String toString() {
            return "Steps[redacted]";
        }
    }

    Steps of(Insz number, String traceId) {
        NumberIndex.Lead lead =
                Objects.requireNonNull(index.find(Set.of(number)).get(number));
        Set<Insz> numbers = new LinkedHashSet<>(Set.of(number));
        List<byte[]> all = new ArrayList<>();
        if (lead.holder().isPresent()) {
            UUID first = lead.holder().get();
            Opened opened = opener.holders(List.of(first));
            Person person = Person.around(first, opened.holders());
            if (opened.refuses(person)) {
                throw Opener.unavailable();
            }
            Holder asked = person.holders().get(first);
            // the index is not authentic by itself: only the sealed identity says who this is
            if (asked != null && !asked.number().equals(Optional.of(number))) {
                alarms.indexMismatch(traceId);
                throw ProblemException.later(ProblemCode.INDEX_MISMATCH, "Operators have been told.", ALARM_RETRY);
            }
            for (Holder holder : person.holders().values()) {
                holder.number().ifPresent(numbers::add);
                all.addAll(seal.subjectsOf(holder.id()));
            }
        }
        numbers.forEach(each -> all.addAll(subjects.subjects(each)));
        return new Steps(lead.subject(), List.copyOf(all));
    }
}
