package eu.diplomatics.golive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.golive.GoLiveCondition.State;
import eu.diplomatics.golive.GoLiveCondition.Verdict;
import eu.diplomatics.golive.Readiness.Gate;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** R33: the gate opens when every condition is green, and whatever nobody knows keeps it closed. */
class GoLiveTest {
    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final Adjustable first = new Adjustable("first");
    private final Adjustable second = new Adjustable("second");
    private final GoLive gate = new GoLive("test", true, List.of(first, second), () -> now);

    /** Says what the test wants it to. */
    private static final class Adjustable implements GoLiveCondition {
        private final String id;
        private Look look = () -> Verdict.green("");

        interface Look {
            Verdict look() throws SQLException;
        }

        Adjustable(String id) {
            this.id = id;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public String requirement() {
            return "R33";
        }

        @Override
        public Verdict check() throws SQLException {
            return look.look();
        }
    }

    @Test
    void itIsClosedBeforeAnybodyLookedAndOpenWhenAllIsGreen() {
        assertThat(gate.red()).containsExactly(GoLive.NOT_CHECKED);
        assertThat(gate.check().gate()).isEqualTo(Gate.OPEN);
        assertThat(gate.red()).isEmpty();
    }

    @Test
    void oneRedConditionClosesItAgain() {
        gate.check();
        second.look = () -> Verdict.red("broken", "mend it");
        assertThat(gate.check().gate()).isEqualTo(Gate.CLOSED);
        assertThat(gate.red()).containsExactly("second");
    }

    @Test
    void aCheckThatFailsIsNotKnownAndClosesItWithoutRepeatingWhatItSaid() {
        first.look = () -> {
            throw new IllegalStateException("jdbc:postgresql://host?password=secret");
        };
        second.look = () -> {
            throw new SQLException("password of somebody", "08001");
        };
        Readiness found = gate.check();
        assertThat(found.gate()).isEqualTo(Gate.CLOSED);
        assertThat(found.conditions()).extracting(Readiness.Result::state).containsOnly(State.UNKNOWN);
        assertThat(found.conditions().toString())
                .contains("IllegalStateException", "08001")
                .doesNotContain("secret", "password");
        assertThat(gate.red()).containsExactly("first", "second");
    }

    @Test
    void whatWasSeenGrowsStale() {
        gate.check();
        now = now.plus(Duration.ofMinutes(2));
        assertThat(gate.red()).isEmpty();
        now = now.plusSeconds(1);
        assertThat(gate.red()).containsExactly(GoLive.NOT_CHECKED);
        now = now.minus(Duration.ofHours(1));
        assertThat(gate.red()).as("a clock that was set back").containsExactly(GoLive.NOT_CHECKED);
    }

    @Test
    void onOneMachineForTestsThereIsNoGateAndTheConditionsAreShownAllTheSame() {
        GoLive insecure = new GoLive("test", false, List.of(Declared.notInsecure(true)), () -> now);
        assertThat(insecure.red()).isEmpty();
        assertThat(insecure.check().gate()).isEqualTo(Gate.NOT_APPLIED);
        assertThat(insecure.check().red()).containsExactly("profile");
    }

    @Test
    void withoutConditionsOrWithOneTwiceThereIsNoGate() {
        assertThatThrownBy(() -> new GoLive("test", true, List.of(), () -> now))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new GoLive("test", true, List.of(first, new Adjustable("first")), () -> now))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatThisVersionCannotDoIsRedUntilAConditionOfItsNameComes() throws SQLException {
        List<GoLiveCondition> completed = Declared.completed(List.of(first));
        assertThat(completed)
                .extracting(GoLiveCondition::id)
                .containsExactly(
                        "first", "kafka-tls", "callers", "keys-in-time", "verified-generation", "log-copy", "drill");
        for (GoLiveCondition later : completed.subList(1, completed.size())) {
            assertThat(later.check().state()).as(later.id()).isEqualTo(State.RED);
        }
        Adjustable drill = new Adjustable("drill");
        assertThat(Declared.completed(List.of(drill)))
                .contains(drill)
                .extracting(GoLiveCondition::id)
                .containsOnlyOnce("drill");
    }

    @Test
    void theCustodianAndTheProfileAreGreenOrRed() throws SQLException {
        assertThat(Declared.hardwareToken(() -> true).check().state()).isEqualTo(State.GREEN);
        assertThat(Declared.hardwareToken(() -> false).check().state()).isEqualTo(State.RED);
        assertThat(Declared.notInsecure(false).check().state()).isEqualTo(State.GREEN);
        assertThat(Declared.notInsecure(true).check().state()).isEqualTo(State.RED);
    }

    @Test
    void theDocumentSaysWhatItIs() {
        Map<String, Object> document = gate.check().document(Zones.of(null, true));
        assertThat(document)
                .containsEntry("type", "diplomatics readiness v1")
                .containsEntry("state", "GREEN")
                .containsEntry("gate", "OPEN")
                .containsEntry("checkedAt", "2026-11-22T12:00:00Z");
    }
}
