package eu.diplomatics.query.disclosure;

import eu.diplomatics.qualification.Mandates.Granted;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/**
 * Somebody who tries numbers finds nobody more often than somebody who has cases: an alarm in log, metric and health. It names
 * the random id of the mandate, which the controller knows, and nothing else.
 */
@Component("enumeration")
final class Misses implements HealthIndicator {
    private static final Logger LOG = LoggerFactory.getLogger(Misses.class);
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final Duration SHOWN = Duration.ofHours(1);

    private final int atLeast;
    private final double share;
    private final InstantSource clock;
    private final Counter alarms;
    private final Map<UUID, Window> windows = new ConcurrentHashMap<>();
    private volatile Instant latest = Instant.MIN;

    @Autowired
    Misses(
            MeterRegistry metrics,
            @Value("${diplomatics.mandates.misses.at-least:100}") int atLeast,
            @Value("${diplomatics.mandates.misses.share:0.5}") double share) {
        this(metrics, atLeast, share, InstantSource.system());
    }

    Misses(MeterRegistry metrics, int atLeast, double share, InstantSource clock) {
        this.alarms = metrics.counter("diplomatics.mandates.enumeration");
        this.atLeast = atLeast;
        this.share = share;
        this.clock = clock;
    }

    private static final class Window {
        private Instant since = Instant.EPOCH;
        private long asked;
        private long missed;
        private boolean told;
    }

    /** How many were asked about in one request, and how many of them nobody knows. */
    void note(Allowance allowance, int asked, int missed) {
        Granted mandate = allowance.mandate();
        if (mandate == null) {
            return;
        }
        Instant now = clock.instant();
        Window window = windows.computeIfAbsent(mandate.id(), id -> new Window());
        synchronized (window) {
            if (!now.isBefore(window.since.plus(WINDOW))) {
                window.since = now;
                window.asked = 0;
                window.missed = 0;
                window.told = false;
            }
            window.asked += asked;
            window.missed += missed;
            if (!window.told && window.asked >= atLeast && window.missed > share * window.asked) {
                window.told = true;
                latest = now;
                alarms.increment();
                LOG.error("ALARM ENUMERATION: most numbers asked about under mandate {} are nobody's", mandate.id());
            }
        }
    }

    @Override
    public Health health() {
        boolean quiet = latest.equals(Instant.MIN) || clock.instant().isAfter(latest.plus(SHOWN));
        return Health.status(quiet ? Status.UP : new Status("DEGRADED"))
                .withDetail("alarms", (long) alarms.count())
                .build();
    }
}
