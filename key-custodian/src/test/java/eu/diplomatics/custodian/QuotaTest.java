package eu.diplomatics.custodian;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuotaTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final Quota quota = new Quota(100, 500, nanos::get);

    @Test
    void letsABurstThroughThenOnlyWhatTimeBrings() {
        assertThat(quota.take(500)).isZero();
        assertThat(quota.take(50)).isEqualTo(Duration.ofMillis(500));
        nanos.addAndGet(Duration.ofMillis(499).toNanos());
        assertThat(quota.take(50)).isPositive();
        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(quota.take(50)).isZero();
    }

    @Test
    void takesNothingWhenItRefuses() {
        assertThat(quota.take(400)).isZero();
        assertThat(quota.take(200)).isPositive();
        assertThat(quota.take(100)).isZero();
    }

    @Test
    void neverSavesMoreThanTheBurst() {
        nanos.addAndGet(Duration.ofDays(1).toNanos());
        assertThat(quota.take(500)).isZero();
        assertThat(quota.take(1)).isPositive();
    }
}
