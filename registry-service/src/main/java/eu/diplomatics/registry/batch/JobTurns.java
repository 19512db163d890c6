package eu.diplomatics.registry.batch;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose chunk is next, the chunks of a job in their order. Two of three turns go to the job with the least left: a small
 * file does not wait for a large one, and files that came together end one after the other, so that there is work while
 * their senders send the next. Each third turn goes to the job whose last one is longest ago, so that none waits for ever:
 * it gets a third at least of what it would have if all went round. For one thread.
 */
final class JobTurns {
    private static final int SHARED = 3;

    private final Supplier<List<Job>> look;
    private final LongSupplier nanoTime;
    private List<Job> running = List.of();
    private int turnsUntilLook;
    /** The next chunk of a job that had a turn; what the job itself says is older. */
    private final Map<UUID, Integer> next = new HashMap<>();

    /** Which turn of all was the last of a job; where it had none, the last before it was seen. */
    private final Map<UUID, Long> lastTurn = new HashMap<>();

    private long turns;
    private final Map<UUID, Long> restingUntil = new HashMap<>();

    /** @param look for the jobs that run now, those that came first at first; again after as many turns as there were */
    JobTurns(Supplier<List<Job>> look, LongSupplier nanoTime) {
        this.look = look;
        this.nanoTime = nanoTime;
    }

    /** @param number of the chunk; the number of chunks itself where nothing is left but to say that the job is done */
    record Turn(Job job, int number) {
        boolean isEnd() {
            return number == job.chunks();
        }

        /** Whether the job is done with this chunk. */
        boolean isLast() {
            return number == job.chunks() - 1;
        }
    }

    /**
     * The next turn of a job that may have one; null when there is none now.
     *
     * @param mayHave asked of each job, by id
     */
    @Nullable
    Turn next(Predicate<UUID> mayHave) {
        Turn turn = turnsUntilLook > 0 ? choose(mayHave) : null;
        if (turn == null) {
            running = look.get();
            running.forEach(job -> lastTurn.putIfAbsent(job.id(), turns));
            turnsUntilLook = running.size();
            turn = choose(mayHave);
        }
        return turn;
    }

    private @Nullable Turn choose(Predicate<UUID> mayHave) {
        Comparator<Job> rule = turns % SHARED == SHARED - 1
                ? Comparator.comparingLong(job -> lastTurn.getOrDefault(job.id(), 0L))
                : Comparator.comparingInt(job -> job.chunks() - number(job));
        // the first of equals: the one that came first
        Job chosen = running.stream()
                .filter(job -> hasMore(job) && !isResting(job.id()) && mayHave.test(job.id()))
                .min(rule)
                .orElse(null);
        if (chosen == null) {
            return null;
        }
        int number = number(chosen);
        next.put(chosen.id(), number + 1);
        lastTurn.put(chosen.id(), ++turns);
        turnsUntilLook--;
        return new Turn(chosen, number);
    }

    private int number(Job job) {
        return next.getOrDefault(job.id(), job.chunksDone());
    }

    /** The end by itself has a turn only where the job says that all is done: an earlier attempt came no further. */
    private boolean hasMore(Job job) {
        int number = number(job);
        return number < job.chunks() || number == job.chunks() && job.chunksDone() == number;
    }

    private boolean isResting(UUID job) {
        Long until = restingUntil.get(job);
        if (until != null && until - nanoTime.getAsLong() <= 0) {
            restingUntil.remove(job);
            return false;
        }
        return until != null;
    }

    /** Forgets which turns a job had: it goes on where the next look at it says. */
    void forget(UUID job) {
        next.remove(job);
        lastTurn.remove(job);
        running = running.stream().filter(other -> !other.id().equals(job)).toList();
    }

    /** Forgets which turns any job had. */
    void forgetAll() {
        next.clear();
        lastTurn.clear();
        running = List.of();
    }

    /** As {@link #forget}, and the job has no turn for a while; the others go on. */
    void rest(UUID job, Duration duration) {
        forget(job);
        restingUntil.put(job, nanoTime.getAsLong() + duration.toNanos());
    }
}
