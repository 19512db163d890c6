package eu.diplomatics.query.disclosure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R28: the time of an answer about one's own log tells nothing of what was looked through for it. */
class PaceTest {
    @ParameterizedTest
    @CsvSource({"0, 100", "1, 99", "40, 60", "99, 1", "100, 100", "130, 70"})
    void anAnswerGoesAtTheEndOfTheStepThatItWasReadyIn(int readyMillis, int leftMillis) {
        assertThat(new Pace(Duration.ofMillis(100))
                        .left(Duration.ofMillis(readyMillis).toNanos()))
                .isEqualTo(Duration.ofMillis(leftMillis));
    }

    @Test
    void withoutStepsItGoesAtOnce() {
        assertThat(new Pace(Duration.ZERO).left(7)).isZero();
    }
}
