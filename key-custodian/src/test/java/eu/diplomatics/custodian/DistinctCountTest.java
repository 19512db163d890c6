package eu.diplomatics.custodian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.security.SecureRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistinctCountTest {
    private final DistinctCount count = new DistinctCount();

    @ParameterizedTest
    @ValueSource(ints = {10, 1_000, 10_000, 200_000})
    void tellsAboutHowManyDifferentOnesThereWere(int values) {
        SecureRandom random = new SecureRandom();
        byte[] digest = new byte[32];
        for (int i = 0; i < values; i++) {
            random.nextBytes(digest);
            count.add(digest);
            count.add(digest);
        }
        assertThat(count.estimate()).isCloseTo(values, Percentage.withPercentage(8));
    }

    @Test
    void theSameOnesAgainAreNoMore() {
        for (int i = 0; i < 100_000; i++) {
            count.add(CustodianFixture.filled(32, i % 3));
        }
        assertThat(count.estimate()).isCloseTo(3, within(1L));
    }
}
