package eu.diplomatics.query.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.accesslog.Access;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Abuse case 19: who is asked about by more people than a case needs is noticed, once, and nobody is named. */
class OnlookersTest {
    private static final byte[] SOMEBODY = {1, 2, 3};
    private static final byte[] SOMEBODY_ELSE = {4, 5, 6};

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private Instant now = Instant.parse("2026-11-23T12:00:00Z");
    private final Onlookers onlookers = new Onlookers(metrics, 3, () -> now);

    private void look(String caller, @Nullable String endUser, byte @Nullable [] subject) {
        onlookers.note(List.of(new Access(
                UUID.randomUUID(),
                subject,
                caller,
                "job-matching",
                "case 7",
                endUser,
                1L,
                "CONSULT",
                null,
                "FOUND",
                null,
                List.of(),
                "0123456789abcdef0123456789abcdef")));
    }

    private double alarms() {
        return metrics.counter("diplomatics.accesslog.onlookers").count();
    }

    @Test
    void the_one_too_many_raises_one_alarm() {
        look("AGENCY:vdab", "u-1", SOMEBODY);
        look("AGENCY:vdab", "u-2", SOMEBODY);
        assertThat(alarms()).isZero();
        assertThat(onlookers.health().getStatus().getCode()).isEqualTo("UP");
        look("SUPPLIER:kuleuven", "u-1", SOMEBODY);
        assertThat(alarms()).isEqualTo(1);
        assertThat(onlookers.health().getStatus().getCode()).isEqualTo("DEGRADED");
        for (int i = 0; i < 10; i++) {
            look("AGENCY:vdab", "u-" + i, SOMEBODY);
        }
        assertThat(alarms()).isEqualTo(1);
    }

    @Test
    void one_clerk_who_looks_often_or_at_many_is_no_crowd() {
        for (int i = 0; i < 10; i++) {
            look("AGENCY:vdab", "u-1", SOMEBODY);
            look("AGENCY:vdab", "u-2", SOMEBODY);
            look("AGENCY:vdab", "u-3", new byte[] {7, (byte) i});
        }
        assertThat(alarms()).isZero();
    }

    @Test
    void people_who_look_at_themselves_or_for_whom_they_stand_are_none_either() {
        for (int i = 0; i < 10; i++) {
            look("CITIZEN", "u-" + i, SOMEBODY);
            look("CITIZEN:0a", "u-" + i, SOMEBODY);
            look("DELEGATE:PARENT:0b", "u-" + i, SOMEBODY);
            look("REGISTRY", null, SOMEBODY);
            look("AGENCY:vdab", "u-" + i, null);
        }
        assertThat(alarms()).isZero();
    }

    @Test
    void those_of_another_day_do_not_count_and_another_day_may_alarm_again() {
        look("AGENCY:vdab", "u-1", SOMEBODY);
        now = now.plus(Duration.ofDays(1));
        look("AGENCY:vdab", "u-2", SOMEBODY);
        look("AGENCY:vdab", "u-3", SOMEBODY);
        look("AGENCY:vdab", "u-1", SOMEBODY_ELSE);
        assertThat(alarms()).isZero();
        look("AGENCY:vdab", "u-1", SOMEBODY);
        assertThat(alarms()).isEqualTo(1);
        now = now.plus(Duration.ofDays(1));
        assertThat(onlookers.health().getStatus().getCode()).isEqualTo("UP");
        for (int i = 0; i < 3; i++) {
            look("AGENCY:vdab", "u-" + i, SOMEBODY);
        }
        assertThat(alarms()).isEqualTo(2);
    }
}
