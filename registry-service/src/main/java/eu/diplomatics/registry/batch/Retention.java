package eu.diplomatics.registry.batch;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forgets jobs when their time is over: the key, then rows and results. */
final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final JobStore store;
    private final Reception reception;
    private final Duration retention;
    private final InstantSource clock;
    private final AtomicLong forgotten = new AtomicLong();
    private Instant next = Instant.MIN;

    Retention(JobStore store, Reception reception, Duration retention, InstantSource clock) {
        this.store = store;
        this.reception = reception;
        this.retention = retention;
        this.clock = clock;
    }

    /** How many jobs went since this program started. */
    long forgotten() {
        return forgotten.get();
    }

    /** Looks once a minute at most, also for what a crash left half received. */
    synchronized void keep() {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(INTERVAL);
        reception.forgetHalfReceived();
        for (UUID job : store.finishedBefore(now.minus(retention))) {
            if (reception.forget(job)) {
                forgotten.incrementAndGet();
                LOG.info("batch {} forgotten at the end of its retention", job);
            }
        }
    }
}
