package eu.diplomatics.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** ASVS 2.4.1: nobody calls more often than allowed, and counting takes bounded memory (L09). */
class CallRatesTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final CallRates rates = new CallRates(10, 3, now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void a_burst_is_allowed_then_one_call_for_each_tenth_of_a_second() {
        for (int i = 0; i < 3; i++) {
            assertThat(rates.take("a")).isZero();
        }
        assertThat(rates.take("a")).isEqualTo(Duration.ofMillis(100));
        pass(Duration.ofMillis(40));
        assertThat(rates.take("a")).isEqualTo(Duration.ofMillis(60));
        pass(Duration.ofMillis(60));
        assertThat(rates.take("a")).isZero();
        assertThat(rates.take("a")).isPositive();
        pass(Duration.ofHours(1));
        assertThat(IntStream.range(0, 5).filter(i -> rates.take("a").isZero()).count())
                .isEqualTo(3);
    }

    @Test
    void a_refused_call_does_not_count_and_nobody_takes_the_tokens_of_another() {
        IntStream.range(0, 100).forEach(i -> rates.take("a"));
        assertThat(rates.take("b")).isZero();
        pass(Duration.ofMillis(100));
        assertThat(rates.take("a")).isZero();
    }

    @Test
    void many_names_take_bounded_memory_and_share_what_is_left() {
        IntStream.range(0, 3 * CallRates.MAX_BUCKETS).forEach(i -> rates.take("caller " + i));
        assertThat(rates.buckets()).isEqualTo(CallRates.MAX_BUCKETS);
        assertThat(rates.take("one more")).isPositive();
        assertThat(rates.take("caller 5")).isZero();

        pass(Duration.ofSeconds(2));
        assertThat(rates.take("one more")).isZero();
        assertThat(rates.buckets()).isOne();
    }

    @Test
    void a_rate_of_nothing_is_none() {
        assertThatThrownBy(() -> new CallRates(0, 1, now::get)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CallRates(1, 0, now::get)).isInstanceOf(IllegalArgumentException.class);
    }
}
