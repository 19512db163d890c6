package eu.diplomatics.retention;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.retention.RetentionJob.Rule;
import eu.diplomatics.retention.RetentionJob.State;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** R27: what is told of what went, and when it is an alarm that nothing did. */
class RetentionJobTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
    private static final Duration PERIOD = Duration.ofDays(10);

    private final List<Instant> asked = new ArrayList<>();
    private Instant now = START;

    private RetentionJob job(@Nullable Instant holdFrom) {
        return new RetentionJob(
                List.of(new Rule(Kept.QUOTA_COUNTS, PERIOD, holdFrom, moment -> {
                    asked.add(moment);
                    return 3;
                })),
                () -> now);
    }

    private static State state(RetentionJob job, Kept kind) {
        return Objects.requireNonNull(job.states().get(kind));
    }

    @Test
    void each_round_takes_what_is_older_than_the_period_and_counts_it() {
        try (RetentionJob job = job(null)) {
            job.round();
            now = START.plus(Duration.ofHours(1));
            job.round();
            assertThat(asked).containsExactly(START.minus(PERIOD), now.minus(PERIOD));
            assertThat(state(job, Kept.QUOTA_COUNTS)).isEqualTo(new State(PERIOD, false, now.minus(PERIOD), 6, now));
        }
    }

    @Test
    void what_is_on_hold_stays_and_what_is_older_goes() {
        Instant hold = START.minus(Duration.ofDays(20));
        try (RetentionJob job = job(hold)) {
            job.round();
            assertThat(asked).containsExactly(hold);
            assertThat(state(job, Kept.QUOTA_COUNTS).held()).isTrue();
        }
        try (RetentionJob job = job(START)) {
            job.round();
            assertThat(state(job, Kept.QUOTA_COUNTS).held())
                    .as("younger than the period anyway")
                    .isFalse();
        }
    }

    @Test
    void one_kind_that_fails_keeps_no_other_and_is_an_alarm_after_a_day() {
        Rule failing = new Rule(Kept.ACCESS_LOG, PERIOD, null, moment -> {
            throw new SQLException("away", "08006");
        });
        Rule broken = new Rule(Kept.BATCHES, PERIOD, null, moment -> {
            throw new IllegalStateException();
        });
        Rule well = new Rule(Kept.QUOTA_COUNTS, PERIOD, null, moment -> 1);
        try (RetentionJob job = new RetentionJob(List.of(failing, broken, well), () -> now)) {
            now = START.plus(Duration.ofHours(26));
            job.round();
            assertThat(job.isOverdue()).isFalse();
            assertThat(state(job, Kept.QUOTA_COUNTS).removed()).isEqualTo(1);
            now = now.plusSeconds(1);
            job.round();
            assertThat(job.isOverdue()).isTrue();
        }
    }
}
