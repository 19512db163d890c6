package eu.diplomatics.edge;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How many calls each caller may make: a bucket of tokens, filled at a constant rate. A bucket that is full again is
 * forgotten, and there are at most {@value #MAX_BUCKETS}: callers beyond that share one, so that nobody fills the memory by
 * calling under many names.
 */
public final class CallRates {
    static final int MAX_BUCKETS = 10_000;
    private static final long SWEEP_NANOS = Duration.ofSeconds(1).toNanos();

    private final Map<String, AtomicLong> buckets = new ConcurrentHashMap<>();
    /** Of those for whom there was no room. */
    private final AtomicLong others;

    private final AtomicLong nextSweep;
    private final long nanosPerCall;
    private final long burstNanos;
    private final LongSupplier nanos;

    /**
     * @param perSecond calls a second that a caller may go on making
     * @param burst calls it may make at once after a rest, at least 1
     * @param nanos a clock as {@link System#nanoTime()}
     */
    public CallRates(double perSecond, int burst, LongSupplier nanos) {
        if (!(perSecond > 0) || burst < 1) {
            throw new IllegalArgumentException("a rate above 0 and a burst of at least 1");
        }
        nanosPerCall = Math.max(1, Math.round(Duration.ofSeconds(1).toNanos() / perSecond));
        burstNanos = Math.multiplyExact(nanosPerCall, burst);
        this.nanos = nanos;
        // a bucket is the time at which it is full again, so one of the past is full
        others = new AtomicLong(nanos.getAsLong());
        nextSweep = new AtomicLong(nanos.getAsLong() + SWEEP_NANOS);
    }

    /** Takes a token of this caller; zero when there was one, else how long until there is. */
    public Duration take(String caller) {
        long now = nanos.getAsLong();
        AtomicLong bucket = bucket(caller, now);
        while (true) {
            long fullAt = bucket.get();
            long later = (fullAt - now > 0 ? fullAt : now) + nanosPerCall;
            long missing = later - now - burstNanos;
            if (missing > 0) {
                return Duration.ofNanos(missing);
            }
            if (bucket.compareAndSet(fullAt, later)) {
                return Duration.ZERO;
            }
        }
    }

    private AtomicLong bucket(String caller, long now) {
        AtomicLong known = buckets.get(caller);
        if (known != null) {
            return known;
        }
        long due = nextSweep.get();
        if (buckets.size() >= MAX_BUCKETS && now - due >= 0 && nextSweep.compareAndSet(due, now + SWEEP_NANOS)) {
            buckets.values().removeIf(fullAt -> fullAt.get() - now <= 0);
        }
        return buckets.size() >= MAX_BUCKETS ? others : buckets.computeIfAbsent(caller, any -> new AtomicLong(now));
    }

    int buckets() {
        return buckets.size();
    }
}
