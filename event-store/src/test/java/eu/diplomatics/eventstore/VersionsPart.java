package eu.diplomatics.eventstore;

import static eu.diplomatics.eventstore.Units.append;
import static eu.diplomatics.eventstore.Units.event;
import static eu.diplomatics.eventstore.Units.unit;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.AppendOutcome.Appended;
import eu.diplomatics.eventstore.AppendOutcome.Clashed;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A version of a stream is taken once, and a unit with a taken one is rejected as a whole. */
abstract class VersionsPart extends EventLogPart {
    VersionsPart(EventLogSuite suite) {
        super(suite);
    }

    @Test
    void aTakenVersionClashes() {
        UUID stream = UUID.randomUUID();
        append(log, unit(event(stream, 1)));

        assertThat(append(log, unit(event(stream, 1)), unit(event(stream, 2))))
                .satisfiesExactly(
                        o -> assertThat(o).isInstanceOf(Clashed.class),
                        o -> assertThat(o).isInstanceOf(Appended.class));
    }

    @Test
    void oneUnitIsAllOrNothing() {
        UUID stream = UUID.randomUUID();
        UUID other = UUID.randomUUID();
        append(log, unit(event(stream, 1)));

        assertThat(append(log, unit(event(other, 1), event(stream, 1))).getFirst())
                .isInstanceOf(Clashed.class);
        assertThat(reader.stream(other)).isEmpty();
    }

    @Test
    void theSameVersionTwiceInOneCallIsAppendedOnce() {
        UUID stream = UUID.randomUUID();

        assertThat(append(log, unit(event(stream, 1)), unit(event(stream, 1))))
                .satisfiesExactly(
                        o -> assertThat(o).isInstanceOf(Appended.class),
                        o -> assertThat(o).isInstanceOf(Clashed.class));
    }
}
