package eu.diplomatics.query.disclosure;

import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.BlindIndexValue;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.accesslog.Subjects;
import java.util.ArrayList;
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
    private final BlindIndex index;
    private final Keyring keyring;

    NumberIndex(BlindIndex index, Keyring keyring) {
        this.index = index;
        this.keyring = keyring;
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
        return Subjects.ofNumber(index.of(IndexTerm.accessLog(number)));
    }

    /** Asks the custodian once for all numbers, for both uses. */
    Map<Insz, Lead> find(Set<Insz> numbers) {
        List<IndexTerm> terms = new ArrayList<>();
        for (Insz number : numbers) {
            terms.add(IndexTerm.holder(number));
            terms.add(IndexTerm.accessLog(number));
        }
        Map<IndexTerm, BlindIndexValue> values = index.of(terms);
        Map<BlindIndexValue, UUID> holders = keyring.find(numbers.stream()
                .map(number -> value(values, IndexTerm.holder(number)))
                .toList());
        Map<Insz, Lead> leads = new HashMap<>();
        for (Insz number : numbers) {
            leads.put(
                    number,
                    new Lead(
                            Subjects.ofNumber(value(values, IndexTerm.accessLog(number))),
                            Optional.ofNullable(holders.get(value(values, IndexTerm.holder(number))))));
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
