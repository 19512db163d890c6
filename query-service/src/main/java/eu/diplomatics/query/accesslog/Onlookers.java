package eu.diplomatics.query.accesslog;

import eu.diplomatics.accesslog.Access;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * More people of agencies and institutions ask about one person within a day than a case needs, as they do about somebody who is in the
 * news: an alarm in log, metric and health. It names the random id of a row, by which the data-protection officer finds whom,
 * and nobody.
 *
 * <p>Each instance counts for itself, the persons asked about last; a restart forgets. The rows themselves forget nothing.
 */
final class Onlookers implements HealthIndicator {
    private static final Logger LOG = LoggerFactory.getLogger(Onlookers.class);
    private static final Duration WITHIN = Duration.ofDays(1);
    private static final Duration SHOWN = Duration.ofHours(1);
    private static final int MOST_PERSONS = 50_000;

    private final int many;
    private final InstantSource clock;
    private final Counter alarms;
    /** By the person's pseudonym, the longest not asked about first: who asked, and when last. */
    private final Map<ByteBuffer, Map<String, Instant>> seen = new LinkedHashMap<>(16, 0.75f, true);

    private volatile Instant latest = Instant.MIN;

    Onlookers(MeterRegistry metrics, int many, InstantSource clock) {
        if (many < 2) {
            throw new IllegalArgumentException("diplomatics.accesslog.onlookers.many is 2 at least");
        }
        this.alarms = metrics.counter("diplomatics.accesslog.onlookers");
        this.many = many;
        this.clock = clock;
    }

    /** Once their rows are durable. */
    void note(List<Access> accesses) {
        Instant now = clock.instant();
        for (Access access : accesses) {
            byte[] subject = access.subject();
            if (subject != null && isOfStaff(access) && isOneTooMany(subject, access, now)) {
                latest = now;
                alarms.increment();
                LOG.error(
                        "ALARM ONLOOKERS: {} people asked about one person within a day, one of them in row {} of the access log",
                        many,
                        access.id());
            }
        }
    }

    /** People look at themselves, and at whom they stand for, as often as they like. */
    private static boolean isOfStaff(Access access) {
        return access.endUser() != null
                && !access.caller().startsWith("CITIZEN")
                && !access.caller().startsWith("DELEGATE");
    }

    private synchronized boolean isOneTooMany(byte[] subject, Access access, Instant now) {
        Map<String, Instant> askers = seen.computeIfAbsent(ByteBuffer.wrap(subject.clone()), person -> new HashMap<>());
        if (seen.size() > MOST_PERSONS) {
            Iterator<ByteBuffer> longestAgo = seen.keySet().iterator();
            longestAgo.next();
            longestAgo.remove();
        }
        askers.values().removeIf(last -> !last.plus(WITHIN).isAfter(now));
        String asker = access.caller() + " " + access.endUser();
        boolean another = !askers.containsKey(asker);
        if (another && askers.size() == many) {
            return false; // told already
        }
        askers.put(asker, now);
        return another && askers.size() == many;
    }

    @Override
    public Health health() {
        boolean quiet = latest.equals(Instant.MIN) || clock.instant().isAfter(latest.plus(SHOWN));
        return Health.status(quiet ? Status.UP : new Status("DEGRADED"))
                .withDetail("alarms", (long) alarms.count())
                .build();
    }
}
