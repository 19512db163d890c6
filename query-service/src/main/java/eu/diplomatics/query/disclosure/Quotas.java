package eu.diplomatics.query.disclosure;

import eu.diplomatics.qualification.Mandate.Quota;
import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.query.accesslog.QuotaLedger;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How many persons a mandate may still be asked about. The day's count is kept in the access log's database, for all
 * instances and beyond a restart; an instance takes a thousandth of the day at a time, so that what a restart forgets was
 * counted as used. The minute is each instance's own.
 */
@Component
final class Quotas {
    private static final int PARTS_OF_A_DAY = 1_000;
    private static final int MOST_AT_ONCE = 10_000;

    private final QuotaLedger ledger;
    private final InstantSource clock;
    private final Map<UUID, Purse> purses = new ConcurrentHashMap<>();

    @Autowired
    Quotas(QuotaLedger ledger) {
        this(ledger, InstantSource.system());
    }

    Quotas(QuotaLedger ledger, InstantSource clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    private static final class Purse {
        private Instant minute = Instant.EPOCH;
        private int usedInMinute;
        private Instant day = Instant.EPOCH;
        private long left;
    }

    /** Takes that many, or none: then the refusal says when to come again. */
    Optional<ProblemException> take(Allowance allowance, int persons) {
        Granted mandate = allowance.mandate();
        if (mandate == null || persons == 0) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Purse purse = purses.computeIfAbsent(mandate.id(), id -> new Purse());
        synchronized (purse) {
            return take(purse, mandate, persons, now);
        }
    }

    private Optional<ProblemException> take(Purse purse, Granted mandate, int persons, Instant now) {
        Quota quota = mandate.terms().quota();
        Instant minute = now.truncatedTo(ChronoUnit.MINUTES);
        if (!minute.equals(purse.minute)) {
            purse.minute = minute;
            purse.usedInMinute = 0;
        }
        if ((long) purse.usedInMinute + persons > quota.perMinute()) {
            return exceeded("In a minute there is more.", now, minute.plus(1, ChronoUnit.MINUTES));
        }
        Instant day = now.truncatedTo(ChronoUnit.DAYS);
        if (!day.equals(purse.day)) {
            purse.day = day;
            purse.left = 0;
        }
        if (purse.left < persons) {
            int part = Math.clamp(quota.perDay() / PARTS_OF_A_DAY, 1, MOST_AT_ONCE);
            purse.left += ledger.take(mandate.id(), Math.max(part, persons - purse.left), quota.perDay());
        }
        if (purse.left < persons) {
            return exceeded("Tomorrow (UTC) there is more.", now, day.plus(1, ChronoUnit.DAYS));
        }
        purse.left -= persons;
        purse.usedInMinute += persons;
        return Optional.empty();
    }

    private static Optional<ProblemException> exceeded(String detail, Instant now, Instant until) {
        Duration wait = Duration.between(now, until).plusSeconds(1).truncatedTo(ChronoUnit.SECONDS);
        return Optional.of(ProblemException.later(ProblemCode.QUOTA_EXCEEDED, detail, wait));
    }
}
