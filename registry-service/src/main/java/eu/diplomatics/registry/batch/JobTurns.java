package eu.diplomatics.registry.batch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whose chunk is next: each running job in turn, the chunks of a job in their order. For one thread. */
final class JobTurns {
    private final Supplier<List<Job>> running;
    private final LongSupplier nanoTime;
    private final Deque<Job> round = new ArrayDeque<>();
    /** The next chunk of a job that had a turn; what the job itself says is older. */
    private final Map<UUID, Integer> next = new HashMap<>();

    private final Map<UUID, Long> restingUntil = new HashMap<>();

    /** @param running the jobs there are now, asked for once each round */
    JobTurns(Supplier<List<Job>> running, LongSupplier nanoTime) {
        this.running = running;
        this.nanoTime = nanoTime;
    }

    /** @param number of the chunk; the number of chunks itself when all of them had their turn */
    record Turn(Job job, int number) {
        boolean isEnd() {
            return number == job.chunks();
        }
    }

    /**
     * The next turn of a job that may have one; null when there is none now.
     *
     * @param mayHave asked of each job, by id
     */
    @Nullable
    Turn next(Predicate<UUID> mayHave) {
        Turn turn = fromRound(mayHave);
        if (turn == null) {
            round.addAll(running.get());
            turn = fromRound(mayHave);
        }
        return turn;
    }

    private @Nullable Turn fromRound(Predicate<UUID> mayHave) {
        while (!round.isEmpty()) {
            Job job = round.remove();
            int number = next.getOrDefault(job.id(), job.chunksDone());
            if (number <= job.chunks() && !isResting(job.id()) && mayHave.test(job.id())) {
                next.put(job.id(), number + 1);
                return new Turn(job, number);
            }
        }
        return null;
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
        round.removeIf(waiting -> waiting.id().equals(job));
    }

    /** Forgets which turns any job had. */
    void forgetAll() {
        next.clear();
        round.clear();
    }

    /** As {@link #forget}, and the job has no turn for a while; the others go on. */
    void rest(UUID job, Duration duration) {
        forget(job);
        restingUntil.put(job, nanoTime.getAsLong() + duration.toNanos());
    }
}
