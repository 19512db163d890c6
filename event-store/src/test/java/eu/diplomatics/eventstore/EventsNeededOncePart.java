package eu.diplomatics.eventstore;

import static eu.diplomatics.eventstore.Units.append;
import static eu.diplomatics.eventstore.Units.claiming;
import static eu.diplomatics.eventstore.Units.event;
import static eu.diplomatics.eventstore.Units.ifAbsent;
import static eu.diplomatics.eventstore.Units.places;
import static eu.diplomatics.eventstore.Units.tag;
import static eu.diplomatics.eventstore.Units.under;
import static eu.diplomatics.eventstore.Units.unit;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.AppendOutcome.Clashed;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Events that need only be there once, such as who a holder is, beside the event that needs them. */
abstract class EventsNeededOncePart extends EventLogPart {
    EventsNeededOncePart(EventLogSuite suite) {
        super(suite);
    }

    @Test
    void areLeftOutWhereTheLogHasThem() {
        UUID holder = UUID.randomUUID();
        append(log, unit(ifAbsent(holder, 1)));
        UUID stream = UUID.randomUUID();

        List<EventPlace> places =
                places(append(log, unit(ifAbsent(holder, 1), event(stream, 1))).getFirst());

        assertThat(places).singleElement().satisfies(place -> {
            assertThat(place.stream()).isEqualTo(stream);
            assertThat(place.position()).isEqualTo(2);
        });
    }

    @Test
    void areAppendedOnceByOneCall() {
        UUID holder = UUID.randomUUID();

        List<AppendOutcome> outcomes = append(
                log,
                unit(ifAbsent(holder, 1), event(UUID.randomUUID(), 1)),
                unit(ifAbsent(holder, 1), event(UUID.randomUUID(), 1)));

        assertThat(outcomes.stream().map(o -> places(o).size())).containsExactly(2, 1);
        assertThat(reader.stream(holder)).hasSize(1);
        assertThat(reader.head().position()).isEqualTo(3);
    }

    @Test
    void areAppendedWithALaterUnitWhenTheFirstIsRejected() {
        Tag taken = tag("taken");
        append(log, claiming(taken));
        UUID holder = UUID.randomUUID();

        List<AppendOutcome> outcomes = append(
                log,
                under(Condition.unclaimed(taken), ifAbsent(holder, 1), event(UUID.randomUUID(), 1, taken)),
                unit(ifAbsent(holder, 1), event(UUID.randomUUID(), 1)));

        assertThat(outcomes.getFirst()).isInstanceOf(Clashed.class);
        assertThat(places(outcomes.get(1))).hasSize(2);
        assertThat(reader.stream(holder)).hasSize(1);
    }

    @Test
    void aUnitOfNothingElseIsAppendedWithoutAPlace() {
        UUID holder = UUID.randomUUID();
        append(log, unit(ifAbsent(holder, 1)));

        assertThat(places(append(log, unit(ifAbsent(holder, 1))).getFirst())).isEmpty();
        assertThat(reader.head().position()).isEqualTo(1);
    }
}
