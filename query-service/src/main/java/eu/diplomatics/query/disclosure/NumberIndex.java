package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.Subjects;
import eu.diplomatics.keyring.BlindIndexValue;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.HolderIndex.Look;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.accesslog.NumberSubjects;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** From a national number to the holder it is claimed for, and to the pseudonym under which asking is logged. */
@Component
final class NumberIndex {
    private final NumberSubjects subjects;
    private final HolderIndex holders;

    NumberIndex(NumberSubjects subjects, HolderIndex holders) {
        this.subjects = subjects;
        this.holders = holders;
    }

    /** Where a number leads. */
    record Lead(byte[] subject, Optional<UUID> holder) {
        @Override
        public String toString() {
            return "Lead[redacted]";
        }
    }

    /** The pseudonym under which asking about this number is logged. */
    byte[] subject(Insz number) {
        return subjects.subject(number);
    }

    /** Asks the custodian once for all numbers, for both uses. */
    Map<Insz, Lead> find(Set<Insz> numbers) {
        List<Insz> asked = List.copyOf(numbers);
        List<IndexTerm> logged = subjects.terms(asked);
        Look look = holders.look(asked.stream().map(IndexTerm::holder).toList(), logged);
        Map<Insz, Lead> leads = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            Insz number = asked.get(i);
            leads.put(
                    number,
                    new Lead(
                            Subjects.ofNumber(value(look.values(), logged.get(i))),
                            Optional.ofNullable(look.holders().get(IndexTerm.holder(number)))));
        }
        return leads;
    }

    private static BlindIndexValue value(Map<IndexTerm, BlindIndexValue> values, IndexTerm term) {
        BlindIndexValue value = values.get(term);
        if (value == null) {
            throw new IllegalStateException("the index left a term out");
        }
        return value;
    }
}
