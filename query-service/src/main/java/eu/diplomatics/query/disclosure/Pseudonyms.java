package eu.diplomatics.query.disclosure;

import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.pseudonym.AgencyPseudonyms;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The pseudonym of a person for the agency that asks, where its mandate names it. */
@Component
final class Pseudonyms {
    private static final UUID NOBODY = new UUID(0, 0);

    private final AgencyPseudonyms pseudonyms;

    Pseudonyms(Keyring keyring) {
        this.pseudonyms = new AgencyPseudonyms(keyring);
    }

    /** @param person who is asked for only where the mandate names pseudonyms; null where there is nobody */
    @Nullable
    String of(Entry entry, Supplier<@Nullable UUID> person) {
        if (entry.allowance().mandate() == null || !entry.allowance().names("pseudonym")) {
            return null;
        }
        UUID origin = person.get();
        // made of nobody too: its time does not tell
        String pseudonym = pseudonyms.of(entry.inquiry().caller().id(), origin == null ? NOBODY : origin);
        return origin == null ? null : pseudonym;
    }
}
