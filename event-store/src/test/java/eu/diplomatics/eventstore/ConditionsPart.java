package eu.diplomatics.eventstore;

import static eu.diplomatics.eventstore.Units.append;
import static eu.diplomatics.eventstore.Units.claiming;
import static eu.diplomatics.eventstore.Units.event;
import static eu.diplomatics.eventstore.Units.nothingAfter;
import static eu.diplomatics.eventstore.Units.places;
import static eu.diplomatics.eventstore.Units.tag;
import static eu.diplomatics.eventstore.Units.under;
import static eu.diplomatics.eventstore.Units.unit;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.AppendOutcome.Appended;
import eu.diplomatics.eventstore.AppendOutcome.Clashed;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** What a unit may ask of the log, and of the units before it, at the moment it is appended. */
abstract class ConditionsPart extends EventLogPart {
    ConditionsPart(EventLogSuite suite) {
        super(suite);
    }

    @Test
    void oneDuplicateAmong500DoesNotTouchTheOther499() {
        Tag taken = tag("taken");
        append(log, claiming(taken));
        List<AppendUnit> units = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            units.add(claiming(i == 250 ? taken : tag("row " + i)));
        }

        List<AppendOutcome> outcomes = append(log, units);

        for (int i = 0; i < 500; i++) {
            assertThat(outcomes.get(i)).isInstanceOf(i == 250 ? Clashed.class : Appended.class);
        }
        assertThat(reader.head().position()).isEqualTo(500);
    }

    @Test
    void oneDuplicateWithinTheSame500IsRejectedAlone() {
        List<AppendUnit> units = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            units.add(claiming(tag("row " + (i == 400 ? 100 : i))));
        }

        List<AppendOutcome> outcomes = append(log, units);

        assertThat(outcomes.stream().filter(Clashed.class::isInstance)).hasSize(1);
        assertThat(outcomes.get(400)).isInstanceOf(Clashed.class);
    }

    @Test
    void ask64TimesAtOnceForTheSameTagAndOneGetsIt() throws Exception {
        Tag contested = tag("contested");
        List<CompletableFuture<AppendOutcome>> futures = new ArrayList<>();
        try (var callers = Executors.newFixedThreadPool(64)) {
            var start = new CountDownLatch(1);
            for (int i = 0; i < 64; i++) {
                futures.add(CompletableFuture.supplyAsync(
                                () -> {
                                    await(start);
                                    return log.append(List.of(claiming(contested)))
                                            .getFirst();
                                },
                                callers)
                        .thenCompose(future -> future));
            }
            start.countDown();
            List<AppendOutcome> outcomes = futures.stream().map(Units::outcome).toList();
            assertThat(outcomes.stream().filter(Appended.class::isInstance)).hasSize(1);
            assertThat(outcomes.stream().filter(Clashed.class::isInstance)).hasSize(63);
        }
        assertThat(reader.head().position()).isEqualTo(1);
        assertThat(reader.firstWith(List.of(contested, tag("unknown"))))
                .containsOnlyKeys(contested)
                .hasEntrySatisfying(
                        contested, place -> assertThat(place.position()).isEqualTo(1));
    }

    @Test
    void lookAtAllTagsAtTypesAndAtThePosition() {
        Tag a = tag("a");
        Tag b = tag("b");
        append(log, unit(event(UUID.randomUUID(), 1, a)), unit(event(UUID.randomUUID(), 1, "Other", false, a, b)));

        assertThat(outcomeUnder(nothingAfter(0, List.of(a, b)))).isInstanceOf(Clashed.class);
        assertThat(outcomeUnder(nothingAfter(0, List.of(a, b), Units.TYPE))).isInstanceOf(Appended.class);
        assertThat(outcomeUnder(nothingAfter(0, List.of(a, b), "Other", "Third")))
                .isInstanceOf(Clashed.class);
        assertThat(outcomeUnder(nothingAfter(2, List.of(a)))).isInstanceOf(Appended.class);
        assertThat(outcomeUnder(nothingAfter(1, List.of(a)))).isInstanceOf(Clashed.class);
        assertThat(outcomeUnder(nothingAfter(0, List.of(), "Other"))).isInstanceOf(Clashed.class);
        assertThat(outcomeUnder(nothingAfter(0, List.of(), "Fourth"))).isInstanceOf(Appended.class);
        assertThat(outcomeUnder(nothingAfter(0, List.of()))).isInstanceOf(Clashed.class);
        long head = reader.head().position();
        assertThat(outcomeUnder(nothingAfter(head, List.of()))).isInstanceOf(Appended.class);
    }

    @Test
    void mayAskForAStreamWithoutATagInTheLog() {
        UUID stream = UUID.randomUUID();
        long position = places(append(log, unit(event(stream, 1))).getFirst())
                .getFirst()
                .position();

        assertThat(outcomeUnder(nothingAfter(position, List.of(Tag.stream(stream)))))
                .isInstanceOf(Appended.class);
        assertThat(outcomeUnder(nothingAfter(position - 1, List.of(Tag.stream(stream)))))
                .isInstanceOf(Clashed.class);
        assertThat(outcomeUnder(nothingAfter(0, List.of(Tag.stream(stream)), "Other")))
                .isInstanceOf(Appended.class);
    }

    @Test
    void seeEarlierUnitsOfTheSameCall() {
        UUID stream = UUID.randomUUID();
        Tag a = tag("a");

        assertThat(append(
                        log,
                        unit(event(stream, 1, a)),
                        under(nothingAfter(0, List.of(Tag.stream(stream))), event(UUID.randomUUID(), 1)),
                        under(nothingAfter(0, List.of(a), Units.TYPE), event(UUID.randomUUID(), 1)),
                        under(nothingAfter(0, List.of()), event(UUID.randomUUID(), 1)),
                        under(nothingAfter(0, List.of(tag("other")), Units.TYPE), event(UUID.randomUUID(), 1))))
                .satisfiesExactly(
                        o -> assertThat(o).isInstanceOf(Appended.class),
                        o -> assertThat(o).isInstanceOf(Clashed.class),
                        o -> assertThat(o).isInstanceOf(Clashed.class),
                        o -> assertThat(o).isInstanceOf(Clashed.class),
                        o -> assertThat(o).isInstanceOf(Appended.class));
    }

    private AppendOutcome outcomeUnder(Condition condition) {
        return append(log, under(condition, event(UUID.randomUUID(), 1))).getFirst();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
