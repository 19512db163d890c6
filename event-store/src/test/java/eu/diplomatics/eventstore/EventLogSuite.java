package eu.diplomatics.eventstore;

import static eu.diplomatics.eventstore.Units.append;
import static eu.diplomatics.eventstore.Units.claiming;
import static eu.diplomatics.eventstore.Units.event;
import static eu.diplomatics.eventstore.Units.ifAbsent;
import static eu.diplomatics.eventstore.Units.nothingAfter;
import static eu.diplomatics.eventstore.Units.places;
import static eu.diplomatics.eventstore.Units.tag;
import static eu.diplomatics.eventstore.Units.under;
import static eu.diplomatics.eventstore.Units.unit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.eventstore.AppendOutcome.Appended;
import eu.diplomatics.eventstore.AppendOutcome.AppendedBefore;
import eu.diplomatics.eventstore.AppendOutcome.Clashed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every log owes its callers, beyond what Axon's suite asks of a storage engine. */
public abstract class EventLogSuite {
    protected EventLog log;
    protected EventReader reader;

    protected abstract EventLog openLog();

    protected abstract EventReader openReader();

    @BeforeEach
    void openLogAndReader() {
        log = openLog();
        reader = openReader();
    }

    @Nested
    class Appending {
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

    @Nested
    class Versions {
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

    @Nested
    class EventsNeededOnce {
        @Test
        void areLeftOutWhereTheLogHasThem() {
            UUID holder = UUID.randomUUID();
            append(log, unit(ifAbsent(holder, 1)));
            UUID stream = UUID.randomUUID();

            List<EventPlace> places = places(
                    append(log, unit(ifAbsent(holder, 1), event(stream, 1))).getFirst());

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

            assertThat(places(append(log, unit(ifAbsent(holder, 1))).getFirst()))
                    .isEmpty();
            assertThat(reader.head().position()).isEqualTo(1);
        }
    }

    @Nested
    class Conditions {
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
                List<AppendOutcome> outcomes =
                        futures.stream().map(Units::outcome).toList();
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
    }

    @Nested
    class Reading {
        @Test
        void pagesByPosition() {
            append(
                    log,
                    IntStream.range(0, 25)
                            .mapToObj(i -> unit(event(UUID.randomUUID(), 1)))
                            .toList());

            assertThat(reader.after(0, 10).stream().map(StoredEvent::position))
                    .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
            assertThat(reader.after(20, 10)).hasSize(5);
            assertThat(reader.after(25, 10)).isEmpty();
        }

        @Test
        void endsAPageOfLargeEventsByTheirBytesAndSkipsNone() {
            UUID stream = UUID.randomUUID();
            append(
                    log,
                    LongStream.rangeClosed(1, 20)
                            .mapToObj(version -> unit(large(stream, version)))
                            .toList());

            List<Long> read = new ArrayList<>();
            for (List<StoredEvent> page = reader.after(0, 100);
                    !page.isEmpty();
                    page = reader.after(read.getLast(), 100)) {
                assertThat(bytes(page)).isLessThan(9 << 20);
                page.forEach(event -> read.add(event.position()));
            }
            List<Long> matched = new ArrayList<>(List.of(0L));
            for (List<StoredEvent> page = ofStream(stream, 0);
                    !page.isEmpty();
                    page = ofStream(stream, matched.getLast())) {
                assertThat(bytes(page)).isLessThan(9 << 20);
                page.forEach(event -> matched.add(event.position()));
            }

            assertThat(read)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 20).boxed().toList());
            assertThat(matched.subList(1, matched.size())).isEqualTo(read);
        }

        private List<StoredEvent> ofStream(UUID stream, long after) {
            return reader.matching(List.of(nothingAfter(after, List.of(Tag.stream(stream)))), 100);
        }

        private static SealedEvent large(UUID stream, long version) {
            SealedEvent small = event(stream, version);
            return new SealedEvent(
                    small.context(),
                    small.holder(),
                    small.commitment(),
                    small.keyGeneration(),
                    Units.random(600 << 10),
                    small.tags(),
                    small.ifAbsent());
        }

        private static long bytes(List<StoredEvent> page) {
            return page.stream().mapToLong(event -> event.ciphertext().length).sum();
        }

        @Test
        void findsWholeStreamsByHolder() {
            SealedEvent first = event(UUID.randomUUID(), 1);
            UUID stream = first.context().stream();
            append(log, unit(first), unit(event(stream, 2)), unit(event(UUID.randomUUID(), 1)));

            assertThat(reader.holders(List.of(first.holder(), UUID.randomUUID())))
                    .containsOnlyKeys(stream)
                    .hasEntrySatisfying(stream, events -> assertThat(events).hasSize(2));
            assertThat(reader.streams(List.of(stream, UUID.randomUUID()))).containsOnlyKeys(stream);
            assertThat(reader.streams(List.of())).isEmpty();
        }

        @Test
        void findsThePositionAtATime() {
            assertThat(reader.positionAt(Instant.now())).isZero();
            List<EventPlace> places = new ArrayList<>();
            for (int i = 0; i < 17; i++) {
                places.addAll(places(
                        append(log, unit(event(UUID.randomUUID(), 1))).getFirst()));
            }

            assertThat(reader.positionAt(Instant.EPOCH)).isZero();
            assertThat(reader.positionAt(Instant.now().plusSeconds(60))).isEqualTo(17);
            for (EventPlace place : places) {
                assertThat(reader.positionAt(place.recordedAt())).isGreaterThanOrEqualTo(place.position());
                assertThat(reader.positionAt(place.recordedAt().minusNanos(1000)))
                        .isLessThan(place.position());
            }
        }

        @Test
        void findsByCriteria() {
            Tag a = tag("a");
            Tag b = tag("b");
            UUID stream = UUID.randomUUID();
            append(
                    log,
                    unit(event(stream, 1, a)),
                    unit(event(stream, 2, "Other", false, a, b)),
                    unit(event(UUID.randomUUID(), 1, b)));

            assertThat(positions(nothingAfter(0, List.of(a)))).containsExactly(1L, 2L);
            assertThat(positions(nothingAfter(0, List.of(a, b)))).containsExactly(2L);
            assertThat(positions(nothingAfter(1, List.of(Tag.stream(stream))))).containsExactly(2L);
            assertThat(positions(nothingAfter(0, List.of(), "Other"))).containsExactly(2L);
            assertThat(positions(nothingAfter(0, List.of(a, b)), nothingAfter(2, List.of())))
                    .containsExactly(2L, 3L);
            assertThat(positions()).isEmpty();
        }

        private List<Long> positions(Condition... criteria) {
            return reader.matching(List.of(criteria), 100).stream()
                    .map(StoredEvent::position)
                    .toList();
        }
    }

    @Nested
    class UnderConcurrency {
        @Test
        void positionsStayContiguousTimeNeverRunsBackAndReadersNeverSeeAGap() throws Exception {
            int threads = 16;
            int each = 60;
            AtomicLong seen = new AtomicLong();
            List<Long> acknowledged = Collections.synchronizedList(new ArrayList<>());
            try (var callers = Executors.newFixedThreadPool(threads + 1)) {
                var tail = callers.submit(() -> {
                    Instant last = Instant.EPOCH;
                    while (seen.get() < threads * each) {
                        for (StoredEvent event : reader.after(seen.get(), 100)) {
                            assertThat(event.position()).isEqualTo(seen.incrementAndGet());
                            assertThat(event.recordedAt()).isAfterOrEqualTo(last);
                            last = event.recordedAt();
                        }
                    }
                    return null;
                });
                List<Future<?>> appends = new ArrayList<>();
                for (int t = 0; t < threads; t++) {
                    appends.add(callers.submit(() -> {
                        for (int i = 0; i < each; i++) {
                            acknowledged.add(places(append(log, unit(event(UUID.randomUUID(), 1)))
                                            .getFirst())
                                    .getFirst()
                                    .position());
                        }
                        return null;
                    }));
                }
                for (var done : appends) {
                    done.get(60, TimeUnit.SECONDS);
                }
                tail.get(60, TimeUnit.SECONDS);
            }
            assertThat(acknowledged)
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(1, threads * each).boxed().toList());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
