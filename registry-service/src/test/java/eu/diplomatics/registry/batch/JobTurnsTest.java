package eu.diplomatics.registry.batch;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.qualification.Mode;
import eu.diplomatics.registry.batch.JobTurns.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Turns of jobs")
class JobTurnsTest {
    private final UUID large = UUID.randomUUID();
    private final UUID small = UUID.randomUUID();
    private final List<Job> running = new ArrayList<>();
    private long now;
    private final JobTurns turns = new JobTurns(() -> List.copyOf(running), () -> now);

    private static Job job(UUID id, int chunks, int chunksDone) {
        return new Job(
                id,
                "kuleuven",
                null,
                Job.Format.NDJSON,
                Mode.STRICT,
                false,
                Job.State.RUNNING,
                "c",
                Instant.EPOCH,
                null,
                chunks,
                chunksDone,
                0,
                0,
                0,
                0,
                null);
    }

    private String next() {
        Turn turn = turns.next(job -> true);
        return turn == null
                ? "none"
                : (turn.job().id().equals(large) ? "large " : "small ") + (turn.isEnd() ? "end" : turn.number());
    }

    private List<String> next(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(next());
        }
        return names;
    }

    @Test
    void go_to_a_small_file_before_a_large_one() {
        running.add(job(large, 4, 0));
        running.add(job(small, 1, 0));
        assertThat(next(6)).containsExactly("small 0", "large 0", "large 1", "large 2", "large 3", "none");
    }

    @Test
    void let_files_that_came_together_end_one_after_the_other() {
        running.add(job(large, 9, 0));
        running.add(job(small, 9, 0));
        running.add(job(UUID.randomUUID(), 9, 0));
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < 27; i++) {
            Turn turn = Objects.requireNonNull(turns.next(job -> true));
            if (turn.isLast()) {
                ends.add(i);
            }
        }
        assertThat(ends).hasSize(3);
        assertThat(ends.get(1) - ends.get(0)).isGreaterThanOrEqualTo(3);
        assertThat(ends.get(2) - ends.get(1)).isGreaterThanOrEqualTo(3);
    }

    @Test
    void leave_a_large_file_its_share_while_small_ones_keep_coming() {
        running.add(job(large, 1_000, 0));
        running.add(job(UUID.randomUUID(), 2, 0));
        running.add(job(UUID.randomUUID(), 2, 0));
        int ofLarge = 0;
        for (int i = 0; i < 90; i++) {
            Turn turn = Objects.requireNonNull(turns.next(job -> true));
            UUID job = turn.job().id();
            ofLarge += job.equals(large) ? 1 : 0;
            if (turn.isLast()) {
                running.removeIf(ended -> ended.id().equals(job));
                turns.forget(job);
                running.add(job(UUID.randomUUID(), 2, 0));
            }
        }
        assertThat(ofLarge).isGreaterThanOrEqualTo(90 / 9);
    }

    @Test
    void begin_where_the_job_stands_and_never_give_a_chunk_twice() {
        running.add(job(large, 4, 2));
        assertThat(next(2)).containsExactly("large 2", "large 3");
        running.set(0, job(large, 4, 3));
        assertThat(next(2)).containsExactly("none", "none");
    }

    @Test
    void have_an_end_only_where_all_chunks_are_done_and_the_job_is_not() {
        running.add(job(large, 4, 4));
        assertThat(next(2)).containsExactly("large end", "none");
    }

    @Test
    void go_back_to_what_the_job_says_once_they_are_forgotten() {
        running.add(job(large, 4, 0));
        assertThat(next(3)).containsExactly("large 0", "large 1", "large 2");
        running.set(0, job(large, 4, 1));
        turns.forget(large);
        assertThat(next()).isEqualTo("large 1");
    }

    @Test
    void of_a_job_at_rest_come_later_and_the_others_go_on() {
        running.add(job(large, 4, 0));
        running.add(job(small, 4, 0));
        assertThat(next(3)).containsExactly("large 0", "large 1", "small 0");
        turns.rest(large, Duration.ofSeconds(1));
        assertThat(next(2)).containsExactly("small 1", "small 2");
        now = Duration.ofSeconds(1).toNanos();
        assertThat(next()).isEqualTo("large 0");
    }

    @Test
    void are_not_for_a_job_that_may_have_none() {
        running.add(job(large, 4, 0));
        running.add(job(small, 4, 0));
        Turn turn = turns.next(job -> !job.equals(large));
        assertThat(Objects.requireNonNull(turn).job().id()).isEqualTo(small);
        assertThat(Objects.requireNonNull(turns.next(job -> !job.equals(small))).number())
                .isZero();
    }
}
