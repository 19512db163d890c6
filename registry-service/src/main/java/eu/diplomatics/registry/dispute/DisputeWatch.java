package eu.diplomatics.registry.dispute;

import eu.diplomatics.registry.dispute.Disputes.Open;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then which disputes are open, and says aloud when one was not settled in time. */
final class DisputeWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DisputeWatch.class);

    private final Disputes disputes;
    private final Duration every;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("dispute-watch").factory());
    private volatile Count count = new Count(0, 0);

    DisputeWatch(Disputes disputes, Duration every) {
        this.disputes = disputes;
        this.every = every;
    }

    /** How many are open, and how many of these should have been settled. */
    record Count(long open, long overdue) {}

    void start() {
        var unused = ticker.scheduleWithFixedDelay(this::tick, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try {
            look();
        } catch (RuntimeException e) {
            // anything thrown here would end the schedule
            LOG.warn("which disputes are open cannot be told: {}", e.getClass().getSimpleName());
        }
    }

    private void look() {
        List<Open> open = disputes.open(null, 0, Integer.MAX_VALUE);
        Count now = new Count(open.size(), open.stream().filter(Open::overdue).count());
        if (now.overdue() > count.overdue()) {
            LOG.warn("ALARM: {} disputes were not settled in time: GET /v1/disputes", now.overdue());
        }
        count = now;
    }

    /** As it was at the last look. */
    Count count() {
        return count;
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
