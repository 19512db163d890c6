package eu.diplomatics.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LeafTest {
    private static final UUID STREAM = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final Instant AT = Instant.parse("2026-11-22T06:00:00.123456Z");
    private static final EventContext CONTEXT = new EventContext(STREAM, 3, "QualificationRegistered", 1);
    private static final byte[] COMMITMENT = new byte[32];

    /** Computed apart from this code (Python's hashlib and struct) from the layout in docs/event-store-format.md. */
    @Test
    void equals_the_value_computed_by_other_software() {
        assertThat(HexFormat.of().formatHex(Leaf.of(42, AT, CONTEXT, COMMITMENT)))
                .isEqualTo("ef450cecf70ce55ad3d7b998cf4666c5933f6350b16daafeb73f09c854311f0b");
    }

    @Test
    void differs_when_anything_it_covers_differs() {
        byte[] leaf = Leaf.of(42, AT, CONTEXT, COMMITMENT);
        byte[] otherCommitment = COMMITMENT.clone();
        otherCommitment[31] = 1;
        assertThat(List.of(
                        Leaf.of(43, AT, CONTEXT, COMMITMENT),
                        Leaf.of(42, AT.plusNanos(1000), CONTEXT, COMMITMENT),
                        Leaf.of(42, AT, new EventContext(UUID.randomUUID(), 3, CONTEXT.type(), 1), COMMITMENT),
                        Leaf.of(42, AT, new EventContext(STREAM, 4, CONTEXT.type(), 1), COMMITMENT),
                        Leaf.of(42, AT, new EventContext(STREAM, 3, "QualificationAnnulled", 1), COMMITMENT),
                        Leaf.of(42, AT, new EventContext(STREAM, 3, CONTEXT.type(), 2), COMMITMENT),
                        Leaf.of(42, AT, CONTEXT, otherCommitment)))
                .allSatisfy(other -> assertThat(other).isNotEqualTo(leaf));
    }

    @Test
    void refuses_a_time_finer_than_the_log_knows() {
        assertThatThrownBy(() -> Leaf.of(42, AT.plusNanos(1), CONTEXT, COMMITMENT))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
