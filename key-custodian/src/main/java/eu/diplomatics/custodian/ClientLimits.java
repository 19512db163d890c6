package eu.diplomatics.custodian;

import eu.diplomatics.custodian.CustodianConfiguration.Client;
import eu.diplomatics.custodian.CustodianConfiguration.Limits;
import eu.diplomatics.custodian.Messages.IndexAnswer;
import eu.diplomatics.custodian.OperatorState.Alarm;
import eu.diplomatics.custodian.Refusal.Code;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much one client may use, per second and per day, and when its use looks like somebody trying out all numbers. What a
 * ticket covers is neither limited nor an alarm. Keeps counts, never a value.
 */
final class ClientLimits implements AutoCloseable {
    /** Stable: what watches the log looks for it. */
    static final String ALARM = "ENUMERATION_ALARM";

    private static final Logger LOG = LoggerFactory.getLogger(ClientLimits.class);
    private static final long BETWEEN_WRITES = 100_000;
    private static final Duration A_DAY = Duration.ofDays(1);

    private final String name;
    private final Limits limits;
    private final Quota indexQuota;
    private final Quota unwrapQuota;
    private final AuditLog audit;
    private final OperatorState state;
    private final Tickets tickets;
    private final UsageFile file;
    private final HourlyUse indexed;
    private final HourlyUse unwrapped;
    private DistinctCount distinct = new DistinctCount();
    private long hour;
    private long unwritten;
    private boolean alarmed;
    private long liftedAt;
    private long before;

    ClientLimits(
            String name,
            Client client,
            AuditLog audit,
            OperatorState state,
            Tickets tickets,
            UsageFile file,
            LongSupplier nanoTime) {
        this.name = name;
        this.limits = client.limits();
        this.indexQuota = new Quota(client.indexPerSecond(), client.indexBurst(), nanoTime);
        this.unwrapQuota = new Quota(limits.unwrapPerSecond(), 10 * limits.unwrapPerSecond(), nanoTime);
        this.audit = audit;
        this.state = state;
        this.tickets = tickets;
        this.file = file;
        this.indexed = file.of(name + " index");
        this.unwrapped = file.of(name + " unwrap");
        this.hour = HourlyUse.hour(audit.now());
    }

    /** Has values indexed, if the client may. */
    IndexAnswer index(int count, Supplier<IndexAnswer> work) {
        Alarm alarm = alarm();
        if (alarm != null && alarm.stopped()) {
            throw new Refusal(Code.CLIENT_STOPPED);
        }
        if (tickets.take(name, count)) {
            return work.get();
        }
        take(indexQuota, indexed, limits.indexPerDay(), count);
        IndexAnswer answer = work.get();
        if (alarm == null) {
            watch(answer);
        }
        return answer;
    }

    void unwrap() {
        take(unwrapQuota, unwrapped, limits.unwrapPerDay(), 1);
    }

    private synchronized void take(Quota perSecond, HourlyUse use, long perDay, int count) {
        Instant now = audit.now();
        if (use.inDay(now) + count > perDay) {
            Instant tomorrow = now.truncatedTo(ChronoUnit.DAYS).plus(A_DAY);
            throw new Refusal(Code.QUOTA_EXCEEDED, Duration.between(now, tomorrow));
        }
        Duration wait = perSecond.take(count);
        if (!wait.isZero()) {
            throw new Refusal(Code.QUOTA_EXCEEDED, wait);
        }
        if (HourlyUse.hour(now) != hour) {
            hour = HourlyUse.hour(now);
            distinct = new DistinctCount();
            unwritten = BETWEEN_WRITES;
        }
        use.add(now, count);
        unwritten += count;
        if (unwritten >= BETWEEN_WRITES) {
            write();
        }
    }

    /** Once an alarm was lifted, what came before does not raise the next one. */
    private synchronized @Nullable Alarm alarm() {
        Alarm alarm = state.now().alarms().get(name);
        if (alarm == null && alarmed) {
            Instant now = audit.now();
            distinct = new DistinctCount();
            liftedAt = HourlyUse.hour(now);
            before = indexed.inHour(now);
        }
        alarmed = alarm != null;
        return alarm;
    }

    private synchronized void watch(IndexAnswer answer) {
        answer.values().forEach(distinct::add);
        Instant now = audit.now();
        long values = indexed.inHour(now) - (HourlyUse.hour(now) == liftedAt ? before : 0);
        long usual = Math.round(limits.alarmTimesRecentUse() * indexed.recentAverage(now));
        if (values > Math.max(limits.alarmPerHour(), usual)) {
            raise("VOLUME", values, now);
        } else if (values > limits.alarmDistinctPerHour() && distinct.estimate() > limits.alarmDistinctPerHour()) {
            raise("DISTINCT", distinct.estimate(), now);
        }
    }

    private void raise(String reason, long values, Instant now) {
        if (state.now().alarms().containsKey(name)) {
            return;
        }
        alarmed = true;
        LOG.error(
                "{}: client {} had {} values indexed within an hour ({}){}",
                ALARM,
                name,
                values,
                reason,
                limits.stopOnAlarm() ? "; it is stopped until two operators lift that" : "");
        state.update(next -> {
            next.alarms().put(name, new Alarm(name, reason, values, now, limits.stopOnAlarm()));
            return next;
        });
        audit.writeDurably(name, "", "ALARM", Map.of(), reason);
    }

    private void write() {
        unwritten = 0;
        file.keep(name + " index", indexed.hours());
        file.keep(name + " unwrap", unwrapped.hours());
    }

    @Override
    public synchronized void close() {
        write();
    }
}
