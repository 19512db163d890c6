package eu.diplomatics.keyring;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

final class AdjustableClock implements InstantSource {
    private volatile Instant now = Instant.parse("2026-11-22T12:00:00Z");

    void advance(Duration duration) {
        now = now.plus(duration);
    }

    @Override
    public Instant instant() {
        return now;
    }
}
