package eu.diplomatics.retention;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away what was kept long enough, each hour, kind by kind: one that fails is tried again with the next round, and
 * keeps no other from it. It tells how much went, never what.
 */
public final class RetentionJob implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RetentionJob.class);
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration ROUND = Duration.ofHours(1);
    /** A night without its database is not yet an alarm. */
    private static final Duration TOLERATED = Duration.ofHours(26);

    private final List<Rule> rules;
    private final InstantSource clock;
    private final Map<Kept, State> states = new EnumMap<>(Kept.class);
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("retention").factory());

    /** Takes away what is from before a moment. */
    @FunctionalInterface
    public interface Removal {
        /** @return how many rows, or whatever it is counted in, went */
        long before(Instant moment) throws SQLException;
    }

    /**
     * How one kind is taken away.
     *
     * @param holdFrom nothing from this moment on goes, however old it is, while somebody has to keep it; null for no hold
     */
    public record Rule(Kept kind, Duration period, @Nullable Instant holdFrom, Removal removal) {
        boolean isHeldAt(Instant end) {
            return holdFrom != null && holdFrom.isBefore(end);
        }
    }

    /**
     * How far it is with one kind.
     *
     * @param held whether something stays only since it is on hold
     * @param goneBefore what is from before this, and may go at all, is gone; null until the first round ended well
     * @param removed since this program started
     * @param doneAt when the last round ended well, or this program started
     */
    public record State(
            Duration period, boolean held, @Nullable Instant goneBefore, long removed, Instant doneAt) {}

    /** @param rules one for each kind that this program takes away */
    public RetentionJob(List<Rule> rules, InstantSource clock) {
        this.rules = List.copyOf(rules);
        this.clock = clock;
        this.rules.forEach(rule -> states.put(rule.kind(), new State(rule.period(), false, null, 0, clock.instant())));
    }

    public void start() {
        var unused = ticker.scheduleWithFixedDelay(this::round, FIRST.toSeconds(), ROUND.toSeconds(), TimeUnit.SECONDS);
    }

    /** One round over all kinds. */
    public void round() {
        rules.forEach(this::remove);
    }

    private void remove(Rule rule) {
        Instant now = clock.instant();
        Instant end = now.minus(rule.period());
        boolean held = rule.isHeldAt(end);
        Instant before = held && rule.holdFrom() != null ? rule.holdFrom() : end;
        try {
            long removed = rule.removal().before(before);
            if (removed > 0) {
                LOG.info(
                        "retention: {} of {} removed, all from before {}",
                        removed,
                        rule.kind().label(),
                        before);
            }
            note(rule, state -> new State(rule.period(), held, before, state.removed() + removed, now));
        } catch (SQLException e) {
            LOG.warn("retention: {} stays for now, SQLSTATE {}", rule.kind().label(), e.getSQLState());
        } catch (RuntimeException e) {
            // anything thrown here would end the schedule
            LOG.warn(
                    "retention: {} stays for now, {}",
                    rule.kind().label(),
                    e.getClass().getSimpleName());
        }
    }

    private synchronized void note(Rule rule, UnaryOperator<State> change) {
        states.computeIfPresent(rule.kind(), (kind, state) -> change.apply(state));
    }

    public synchronized Map<Kept, State> states() {
        return new EnumMap<>(states);
    }

    /** Whether something should have gone for more than a day and has not: an alarm. */
    public boolean isOverdue() {
        Instant tolerated = clock.instant().minus(TOLERATED);
        return states().values().stream().anyMatch(state -> state.doneAt().isBefore(tolerated));
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
