package eu.diplomatics.eventstore;

import static eu.diplomatics.eventstore.Units.append;
import static eu.diplomatics.eventstore.Units.event;
import static eu.diplomatics.eventstore.Units.places;
import static eu.diplomatics.eventstore.Units.unit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.eventstore.AppendOutcome.Appended;
import eu.diplomatics.eventstore.AppendOutcome.AppendedBefore;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What becomes of units that nothing stands against, and of one offered twice or with bad data. */
abstract class AppendingPart extends EventLogPart {
    AppendingPart(EventLogSuite suite) {
        super(suite);
    }

    @Test
    void givesContiguousPositionsInTheOrderOffered() {
        List<AppendOutcome> outcomes = append(
                log,
                IntStream.range(0, 100)
                        .mapToObj(i -> unit(event(UUID.randomUUID(), 1), event(UUID.randomUUID(), 1)))
                        .toList());

        assertThat(outcomes.stream()
                        .flatMap(outcome -> places(outcome).stream())
                        .map(EventPlace::position))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 200).boxed().toList());
    }

    @Test
    void storesWhatWasOfferedAndTheLeafCanBeRecomputed() {
        UUID stream = UUID.randomUUID();
        SealedEvent sealed = event(stream, 1);
        AppendUnit unit = unit(sealed, event(stream, 2, "QualificationCorrecté", false));

        List<EventPlace> places = places(append(log, unit).getFirst());

        List<StoredEvent> stored = reader.stream(stream);
        assertThat(stored).hasSize(2);
        StoredEvent first = stored.getFirst();
        assertThat(first.context()).isEqualTo(sealed.context());
        assertThat(first.holder()).isEqualTo(sealed.holder());
        assertThat(first.command()).isEqualTo(unit.command());
        assertThat(first.commitment()).isEqualTo(sealed.commitment());
        assertThat(first.ciphertext()).isEqualTo(sealed.ciphertext());
        assertThat(first.keyGeneration()).isEqualTo(1);
        for (int i = 0; i < 2; i++) {
            assertThat(stored.get(i).leaf())
                    .isEqualTo(Leaf.of(stored.get(i)))
                    .isEqualTo(places.get(i).leaf());
            assertThat(stored.get(i).position()).isEqualTo(places.get(i).position());
            assertThat(stored.get(i).recordedAt()).isEqualTo(places.get(i).recordedAt());
        }
    }

    @Test
    void answersAKnownCommandWithItsFirstPlaces() {
        AppendUnit unit = unit(event(UUID.randomUUID(), 1));
        List<EventPlace> first = places(append(log, unit).getFirst());
        append(log, unit(event(UUID.randomUUID(), 1)));

        AppendOutcome again = append(log, unit).getFirst();

        assertThat(again)
                .isInstanceOfSatisfying(
                        AppendedBefore.class,
                        before -> assertThat(before.places())
                                .usingRecursiveComparison()
                                .isEqualTo(first));
        assertThat(reader.head().position()).isEqualTo(2);
        assertThat(reader.commands(List.of(unit.command())).get(unit.command()))
                .usingRecursiveComparison()
                .isEqualTo(first);
    }

    @Test
    void answersTheSameCommandOfferedTwiceAtOnceWithOnePlace() {
        AppendUnit unit = unit(event(UUID.randomUUID(), 1));

        List<AppendOutcome> outcomes = append(log, unit, unit, unit);

        assertThat(outcomes.getFirst()).isInstanceOf(Appended.class);
        assertThat(outcomes.subList(1, 3)).allSatisfy(o -> assertThat(o).isInstanceOf(AppendedBefore.class));
        assertThat(reader.head().position()).isEqualTo(1);
    }

    @Test
    void refusesAUnitWithBadDataAloneAndKeepsItsNeighbours() {
        SealedEvent bad = event(UUID.randomUUID(), 1, "NUL\0Type", false);
        List<CompletableFuture<AppendOutcome>> futures = log.append(IntStream.range(0, 20)
                .mapToObj(i -> unit(i == 7 ? bad : event(UUID.randomUUID(), 1)))
                .toList());

        for (int i = 0; i < 20; i++) {
            CompletableFuture<AppendOutcome> future = futures.get(i);
            if (i == 7) {
                assertThatThrownBy(future::join)
                        .isInstanceOf(CompletionException.class)
                        .hasCauseInstanceOf(UnitRefusedException.class);
            } else {
                assertThat(Units.outcome(future)).isInstanceOf(Appended.class);
            }
        }
        assertThat(reader.head().position()).isEqualTo(19);
    }
}
