package eu.diplomatics.custodian;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Token bucket: how many values a client may have indexed, so that leaked certificates cannot enumerate all numbers. */
final class Quota {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double perSecond;
    private final double burst;
    private final LongSupplier nanoTime;
    private double available;
    private long filledAt;

    Quota(int perSecond, int burst, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanoTime = nanoTime;
        this.available = burst;
        this.filledAt = nanoTime.getAsLong();
    }

    /** Takes all or nothing; otherwise says how long to wait. */
    synchronized Duration take(int count) {
        long now = nanoTime.getAsLong();
        available = Math.min(burst, available + (now - filledAt) / NANOS_PER_SECOND * perSecond);
        filledAt = now;
        if (available >= count) {
            available -= count;
            return Duration.ZERO;
        }
        return Duration.ofNanos((long) ((count - available) / perSecond * NANOS_PER_SECOND));
    }
}
