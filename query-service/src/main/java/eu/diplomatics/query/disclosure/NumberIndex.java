package eu.diplomatics.query.disclosure;

import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.BlindIndexValue;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.HolderIndex.Look;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.accesslog.Subjects;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** From a national number to the holder it is claimed for, and to the pseudonym under which asking is logged. */
@Component
final class NumberIndex {
    private final BlindIndex index;
    private final HolderIndex holders;

    NumberIndex(BlindIndex index, HolderIndex holders) {
        this.index = index;
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
        return Subjects.ofNumber(index.of(IndexTerm.accessLog(number)));
    }

    /** Asks the custodian once for all numbers, for both uses. */
    Map<Insz, Lead> find(Set<Insz> numbers) {
        Look look = holders.look(
                numbers.stream().map(IndexTerm::holder).toList(),
                numbers.stream().map(IndexTerm::accessLog).toList());
        Map<Insz, Lead> leads = new HashMap<>();
        for (Insz number : numbers) {
            leads.put(
                    number,
                    new Lead(
                            Subjects.ofNumber(value(look.values(), IndexTerm.accessLog(number))),
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
