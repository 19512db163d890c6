package eu.diplomatics.golive;

import eu.diplomatics.golive.GoLiveCondition.State;
import eu.diplomatics.golive.GoLiveCondition.Verdict;
import eu.diplomatics.golive.Readiness.Gate;
import eu.diplomatics.golive.Readiness.Result;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate before real national numbers (R33): closed until every condition is green, and again as soon as one is not.
 * It fails closed: before the first look, after a look that failed, and when nobody looked for a while.
 */
public final class GoLive implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GoLive.class);
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration STALE = Duration.ofMinutes(2);
    /** Stands among the red ones when nobody looked lately. */
    static final String NOT_CHECKED = "not-checked";

    private final String service;
    private final boolean applied;
    private final List<GoLiveCondition> conditions;
    private final InstantSource clock;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("go-live").factory());
    private volatile @Nullable Readiness last;

    /**
     * @param applied false in the profile {@code insecure} only, where nothing is for real people
     * @throws IllegalArgumentException without conditions, or when two share an id
     */
    public GoLive(String service, boolean applied, List<GoLiveCondition> conditions, InstantSource clock) {
        Set<String> ids = new HashSet<>();
        if (conditions.isEmpty()
                || !conditions.stream().map(GoLiveCondition::id).allMatch(ids::add)) {
            throw new IllegalArgumentException("the gate needs conditions, each with an id of its own");
        }
        this.service = service;
        this.applied = applied;
        this.conditions = List.copyOf(conditions);
        this.clock = clock;
    }

    /** Looks now and every half minute, where there is a gate. */
    public void start() {
        if (applied) {
            var unused = timer.scheduleWithFixedDelay(this::look, 0, INTERVAL.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private void look() {
        try {
            check();
        } catch (RuntimeException e) {
            // the next look comes; until then what was seen grows stale, and that closes the gate
            LOG.error(
                    "conditions of going live cannot be checked: {}",
                    e.getClass().getName());
        }
    }

    /** Looks at every condition now. */
    public synchronized Readiness check() {
        List<Result> results = conditions.stream().map(GoLive::result).toList();
        boolean green = results.stream().allMatch(result -> result.state() == State.GREEN);
        Gate gate = !applied ? Gate.NOT_APPLIED : green ? Gate.OPEN : Gate.CLOSED;
        Readiness found = new Readiness(service, gate, clock.instant(), results);
        Readiness before = last;
        if (applied && (before == null || !before.red().equals(found.red()))) {
            LOG.warn("real national numbers are {}; red: {}", green ? "accepted" : "refused", found.red());
        }
        last = found;
        return found;
    }

    private static Result result(GoLiveCondition condition) {
        Verdict verdict;
        try {
            verdict = condition.check();
        } catch (SQLException e) {
            verdict = failed("SQLSTATE " + e.getSQLState());
        } catch (RuntimeException e) {
            // its message could repeat an address or a value
            verdict = failed(e.getClass().getSimpleName());
        }
        return new Result(condition.id(), condition.requirement(), verdict.state(), verdict.why(), verdict.whatToDo());
    }

    private static Verdict failed(String how) {
        return new Verdict(State.UNKNOWN, "the check itself failed: " + how, "make what it looks at answer again");
    }

    /** The conditions that keep real numbers out now; empty when they are let in. Answers at once. */
    public List<String> red() {
        if (!applied) {
            return List.of();
        }
        Readiness seen = last;
        Instant now = clock.instant();
        if (seen == null
                || seen.checkedAt().plus(STALE).isBefore(now)
                || seen.checkedAt().isAfter(now)) {
            return List.of(NOT_CHECKED);
        }
        return seen.red();
    }

    /** Whether there is a gate at all. */
    public boolean isApplied() {
        return applied;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
