package eu.diplomatics.query.disclosure;

import eu.diplomatics.access.Delegation;
import eu.diplomatics.query.caller.Caller;
import java.util.HexFormat;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** How rows name a caller where no answer is about themselves: a person by the pseudonym of their number only. */
@Component
final class Callers {
    private final NumberIndex index;
    private final Numbers numbers;

    Callers(NumberIndex index, Numbers numbers) {
        this.index = index;
        this.numbers = numbers;
    }

    String named(Caller caller) {
        return switch (caller.role()) {
            case CITIZEN -> "CITIZEN:" + pseudonym(caller);
            case DELEGATE -> {
                Delegation delegation = Objects.requireNonNull(caller.delegation());
                yield "DELEGATE:" + delegation.kind() + ":" + pseudonym(caller);
            }
            case AGENCY, SUPPLIER, CONTROLLER, DPO, AUDITOR, OPERATOR -> caller.role() + ":" + caller.id();
        };
    }

    private String pseudonym(Caller person) {
        return HexFormat.of().formatHex(index.subject(numbers.of(person)));
    }
}
