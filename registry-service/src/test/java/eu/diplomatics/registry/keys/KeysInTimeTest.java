package eu.diplomatics.registry.keys;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.golive.GoLiveCondition.State;
import eu.diplomatics.golive.GoLiveCondition.Verdict;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** R16, R33: no installation goes live with a key that is too old, or that nobody watches. */
class KeysInTimeTest {
    private static KeyState key(String name, @Nullable Duration period, boolean overdue) {
        return new KeyState(name, period, null, overdue, null, List.of());
    }

    private static Verdict verdict(KeyState... keys) {
        return new KeysInTime(() -> List.of(keys)).check();
    }

    @Test
    void green_when_every_key_is_within_its_period() {
        assertThat(verdict(key("kek", Duration.ofDays(1), false)).state()).isEqualTo(State.GREEN);
    }

    @Test
    void red_for_each_key_that_is_overdue_or_has_no_period_and_it_says_which() {
        Verdict verdict = verdict(
                key("kek", Duration.ofDays(1), true),
                key("reference-key", null, false),
                key("receipt-key", Duration.ofDays(730), false));
        assertThat(verdict.state()).isEqualTo(State.RED);
        assertThat(verdict.why()).isEqualTo("kek is overdue; reference-key has no crypto-period");
    }
}
