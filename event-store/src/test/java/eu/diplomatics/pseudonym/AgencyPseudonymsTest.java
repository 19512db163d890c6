package eu.diplomatics.pseudonym;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.KeysUnavailableException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** R36: the same person has unlinkable pseudonyms by agency. For many agencies and people, drawn from a seed. */
class AgencyPseudonymsTest {
    private static final int AGENCIES = 20;
    private static final int PEOPLE = 20;

    private final AgencyPseudonyms pseudonyms =
            new AgencyPseudonyms(() -> Optional.of(SecretBytes.copyOf(new byte[32])));

    private static String agency(SplittableRandom random) {
        return String.format(Locale.ROOT, "a%x", random.nextLong(1L << random.nextInt(1, 60)));
    }

    @RepeatedTest(20)
    void are_the_same_each_time_and_never_the_same_for_another_agency_or_person(RepetitionInfo seed) {
        SplittableRandom random = new SplittableRandom(seed.getCurrentRepetition());
        Set<String> agencies = new HashSet<>();
        Set<UUID> people = new HashSet<>();
        while (agencies.size() < AGENCIES) {
            agencies.add(agency(random));
        }
        while (people.size() < PEOPLE) {
            people.add(new UUID(random.nextLong(), random.nextLong(4)));
        }
        Set<String> seen = new HashSet<>();
        for (String agency : agencies) {
            for (UUID person : people) {
                String pseudonym = pseudonyms.of(agency, person);
                assertThat(pseudonym).matches("[0-9a-f]{64}").isEqualTo(pseudonyms.of(agency, person));
                assertThat(seen.add(pseudonym)).isTrue();
            }
        }
    }

    @Test
    void hang_on_the_secret() {
        AgencyPseudonyms others = new AgencyPseudonyms(() -> Optional.of(SecretBytes.random(32)));
        UUID person = new UUID(0, 1);
        assertThat(others.of("a", person)).isNotEqualTo(pseudonyms.of("a", person));
    }

    @Test
    void are_not_to_be_had_without_the_secret() {
        AgencyPseudonyms none = new AgencyPseudonyms(Optional::empty);
        assertThatThrownBy(() -> none.of("a", new UUID(0, 1))).isInstanceOf(KeysUnavailableException.class);
    }
}
