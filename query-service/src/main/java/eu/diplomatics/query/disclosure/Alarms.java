package eu.diplomatics.query.disclosure;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/** Someone may have tampered with index or records: told in log, metric and health, with no word about whom. */
@Component("alarms")
final class Alarms implements HealthIndicator {
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);

    private final AtomicLong mismatches = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final Counter mismatchCounter;
    private final Counter brokenCounter;

    Alarms(MeterRegistry metrics) {
        this.mismatchCounter = metrics.counter("diplomatics.index.mismatches");
        this.brokenCounter = metrics.counter("diplomatics.records.broken");
    }

    void recordBroken(long position) {
        broken.incrementAndGet();
        brokenCounter.increment();
        LOG.error("ALARM RECORD_UNAVAILABLE: the store's own record does not open at position {}", position);
    }

    void indexMismatch(String traceId) {
        mismatches.incrementAndGet();
        mismatchCounter.increment();
        LOG.error("ALARM INDEX_MISMATCH: the record found is not the one asked for, trace {}", traceId);
    }

    void linkOneSided(int holders) {
        broken.incrementAndGet();
        brokenCounter.increment();
        LOG.error("ALARM RECORD_UNAVAILABLE: links that only one end states, among {} holders", holders);
    }

    /** @param row whose id says nothing about anybody */
    void accessBroken(UUID row) {
        broken.incrementAndGet();
        brokenCounter.increment();
        LOG.error("ALARM RECORD_UNAVAILABLE: row {} of the access log is not what was sealed", row);
    }

    void noticeBroken() {
        broken.incrementAndGet();
        brokenCounter.increment();
        LOG.error("ALARM RECORD_UNAVAILABLE: a notice is not what was sealed");
    }

    @Override
    public Health health() {
        boolean quiet = mismatches.get() == 0 && broken.get() == 0;
        return Health.status(quiet ? Status.UP : new Status("DEGRADED"))
                .withDetail("indexMismatches", mismatches.get())
                .withDetail("brokenRecords", broken.get())
                .build();
    }
}
