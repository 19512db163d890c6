package eu.diplomatics.custodian;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

final class AdjustableClock implements InstantSource {
    private volatile Instant now;

    AdjustableClock(Instant start) {
        this.now = start;
    }

    void advance(Duration duration) {
        now = now.plus(duration);
    }

    @Override
    public Instant instant() {
        return now;
    }
}
