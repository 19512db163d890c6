package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.generation.DrillReport.Verdict;
import eu.diplomatics.retention.Kept;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** R27: a report of a drill is named until its period is over, and by no drill after that. */
class DrillIndexTest {
    private static final Instant FIRST = Instant.parse("2026-11-23T12:00:00Z");

    private static DrillIndex.Entry drill(String id, Instant endedAt) {
        return new DrillIndex.Entry(id, "2026-11-23", endedAt, Verdict.PASSED, "00", null, List.of());
    }

    private static List<String> namedAfter(Duration later) {
        Instant now = FIRST.plus(later);
        return DrillIndex.empty(FIRST).with(drill("a", FIRST), FIRST).with(drill("b", now), now).drills().stream()
                .map(DrillIndex.Entry::id)
                .toList();
    }

    @Test
    void a_report_stays_until_the_end_of_its_period_and_goes_with_the_next_drill() {
        Duration period = Kept.DRILL_REPORTS.standard();
        assertThat(namedAfter(period)).containsExactly("a", "b");
        assertThat(namedAfter(period.plusSeconds(1))).containsExactly("b");
    }
}
