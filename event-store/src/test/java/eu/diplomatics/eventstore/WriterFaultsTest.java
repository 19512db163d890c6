package eu.diplomatics.eventstore;

import static eu.diplomatics.eventstore.Units.append;
import static eu.diplomatics.eventstore.Units.claiming;
import static eu.diplomatics.eventstore.Units.event;
import static eu.diplomatics.eventstore.Units.places;
import static eu.diplomatics.eventstore.Units.tag;
import static eu.diplomatics.eventstore.Units.unit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.eventstore.AppendOutcome.Appended;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the writer does when the way to the database, its epoch, the clock or the queue fails. */
class WriterFaultsTest {
    private final EventStoreFixture store = EventStoreFixture.create();
    private final EventReader reader = store.openReader();

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void anAnswerLostAtCommitIsResolvedByCommandIdAndNothingIsDoubled() throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(store.postgres().port());
                PostgresEventLog log = store.openLog(through(proxy), EventLogSettings.defaults())) {
            append(log, claiming(tag("before")));
            for (int round = 0; round < 5; round++) {
                long before = reader.head().position();
                List<AppendUnit> units = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    units.add(claiming(tag("round " + round + " row " + i)));
                }
                proxy.loseNextAnswer();

                List<AppendOutcome> outcomes = append(log, units);

                assertThat(proxy.hasLostIt()).isTrue();
                assertThat(outcomes).allSatisfy(o -> assertThat(o).isInstanceOf(Appended.class));
                assertThat(outcomes.stream().map(o -> places(o).getFirst().position()))
                        .doesNotHaveDuplicates()
                        .allSatisfy(position -> assertThat(position).isBetween(before + 1, before + 50));
                assertThat(reader.head().position()).isEqualTo(before + 50);
                assertThat(log.isReady()).isTrue();
            }
        }
    }

    @Test
    void unitsOutliveAShortOutageAndFailAfterALongOne() throws IOException {
        EventLogSettings settings =
                new EventLogSettings(2_000, 1 << 20, 8_000, 1 << 20, Duration.ofSeconds(5), Duration.ofMillis(1_500));
        try (CuttingProxy proxy = new CuttingProxy(store.postgres().port());
                PostgresEventLog log = store.openLog(through(proxy), settings)) {
            append(log, unit(event(UUID.randomUUID(), 1)));

            proxy.refuse(true);
            CompletableFuture<AppendOutcome> patient =
                    log.append(List.of(unit(event(UUID.randomUUID(), 1)))).getFirst();
            await().until(() -> !log.isReady());
            proxy.refuse(false);
            assertThat(Units.outcome(patient)).isInstanceOf(Appended.class);

            proxy.refuse(true);
            AppendUnit unit = unit(event(UUID.randomUUID(), 1));
            CompletableFuture<AppendOutcome> failed = log.append(List.of(unit)).getFirst();
            assertUnavailable(() -> failed.orTimeout(60, TimeUnit.SECONDS).join(), false);
            assertThat(log.isReady()).isFalse();
            assertUnavailable(
                    () -> log.append(List.of(unit))
                            .getFirst()
                            .orTimeout(60, TimeUnit.SECONDS)
                            .join(),
                    false);

            proxy.refuse(false);
            await().atMost(Duration.ofSeconds(60)).until(log::isReady);
            assertThat(append(log, unit).getFirst()).isInstanceOf(Appended.class);
            assertThat(reader.head().position()).isEqualTo(3);
        }
    }

    @Test
    void ofTwoWritersTheFirstIsDeposedForGoodAndCannotAppend() {
        PostgresEventLog first = store.openLog();
        append(first, unit(event(UUID.randomUUID(), 1)));
        PostgresEventLog second = store.openLog();

        assertUnavailable(() -> append(first, unit(event(UUID.randomUUID(), 1))), true);
        assertThat(first.isReady()).isFalse();
        assertUnavailable(() -> append(first, unit(event(UUID.randomUUID(), 1))), true);

        assertThat(places(append(second, unit(event(UUID.randomUUID(), 1))).getFirst())
                        .getFirst()
                        .position())
                .isEqualTo(2);
        assertThat(second.isReady()).isTrue();
    }

    @Test
    void anIdleWriterLearnsThatItIsDeposed() {
        PostgresEventLog first = store.openLog();
        assertThat(first.holdsLog()).isTrue();
        PostgresEventLog second = store.openLog();

        assertThat(first.holdsLog()).as("at once, when it asks").isFalse();
        assertThat(second.holdsLog()).isTrue();
        await().atMost(Duration.ofSeconds(60)).until(() -> !first.isReady());
    }

    @Test
    void everythingThatWaitsFailsWhenTheWriterIsDeposed() {
        PostgresEventLog first = store.openLog();
        store.openLog();

        List<CompletableFuture<AppendOutcome>> futures = first.append(IntStream.range(0, 5_000)
                .mapToObj(i -> unit(event(UUID.randomUUID(), 1)))
                .toList());

        assertThat(futures)
                .allSatisfy(future -> assertUnavailable(
                        () -> future.orTimeout(60, TimeUnit.SECONDS).join(), true));
        assertThat(reader.head().position()).isZero();
    }

    @Test
    void recordedAtNeverRunsBackWhenTheClockDoes() throws SQLException {
        Instant future = Instant.parse("2096-01-01T00:00:00Z");
        try (Connection owner = store.connectAsOwner();
                Statement statement = owner.createStatement()) {
            statement.execute("UPDATE eventstore.head SET recorded_at = '" + future + "'");
        }
        PostgresEventLog log = store.openLog();

        List<EventPlace> places = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            places.addAll(places(append(log, unit(event(UUID.randomUUID(), 1))).getFirst()));
        }

        assertThat(places).extracting(EventPlace::recordedAt).containsOnly(future);
        assertThat(reader.after(0, 10))
                .allSatisfy(stored -> assertThat(stored.leaf()).isEqualTo(Leaf.of(stored)));
        assertThat(reader.positionAt(future)).isEqualTo(3);
        assertThat(reader.positionAt(future.minusSeconds(1))).isZero();
    }

    @Test
    void aTransactionRolledBackLeavesNoGap() throws SQLException {
        PostgresEventLog log = store.openLog();
        append(log, unit(event(UUID.randomUUID(), 1)));
        try (Connection writer = store.connect("writer");
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("""
                    SELECT eventstore.append(1, 1, 1, 0, ARRAY[gen_random_uuid()], '{1}', '{1}', ARRAY[gen_random_uuid()], '{1}',
                        '{Type}', '{1}', ARRAY[gen_random_uuid()], ARRAY[sha256('x')], ARRAY['sealed'::bytea], '{f}',
                        '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')
                    """);
            writer.rollback();
        }
        append(log, unit(event(UUID.randomUUID(), 1)));

        assertThat(reader.after(0, 10)).extracting(StoredEvent::position).containsExactly(1L, 2L);
    }

    @Test
    void anotherSessionOfTheSameEpochCannotMoveTheHeadUnseen() throws SQLException {
        PostgresEventLog log = store.openLog();
        append(log, unit(event(UUID.randomUUID(), 1)));
        try (Connection writer = store.connect("writer");
                Statement statement = writer.createStatement()) {
            statement.execute("""
                    SELECT eventstore.append(1, 1, 1, 0, ARRAY[gen_random_uuid()], '{1}', '{1}', ARRAY[gen_random_uuid()], '{1}',
                        '{Type}', '{1}', ARRAY[gen_random_uuid()], ARRAY[sha256('x')], ARRAY['sealed'::bytea], '{f}',
                        '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')
                    """);
        }

        assertThat(places(append(log, unit(event(UUID.randomUUID(), 1))).getFirst())
                        .getFirst()
                        .position())
                .isEqualTo(3);
        assertThat(reader.after(0, 10))
                .extracting(StoredEvent::position)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 3).boxed().toList());
    }

    @Test
    void aFullQueueMakesTheCallerWaitAndThenFail() throws IOException {
        EventLogSettings settings =
                new EventLogSettings(100, 1 << 20, 10, 1 << 20, Duration.ofMillis(300), Duration.ofSeconds(60));
        try (CuttingProxy proxy = new CuttingProxy(store.postgres().port());
                PostgresEventLog log = store.openLog(through(proxy), settings)) {
            proxy.refuse(true);

            List<CompletableFuture<AppendOutcome>> futures = log.append(IntStream.range(0, 200)
                    .mapToObj(i -> unit(event(UUID.randomUUID(), 1)))
                    .toList());

            assertUnavailable(() -> futures.getLast().join(), false);
            proxy.refuse(false);
            await().atMost(Duration.ofSeconds(60)).until(() -> futures.stream().allMatch(CompletableFuture::isDone));
            long appended = futures.stream()
                    .filter(future -> !future.isCompletedExceptionally())
                    .count();
            assertThat(appended).isBetween(10L, 120L);
            assertThat(reader.head().position()).isEqualTo(appended);
        }
    }

    @Test
    void anEventSealedUnderAGenerationThatIsOverIsRefusedAlone() {
        PostgresEventLog log = store.openLog();
        SealedEvent current = event(UUID.randomUUID(), 1);
        SealedEvent other = new SealedEvent(
                new EventContext(UUID.randomUUID(), 1, Units.TYPE, 1),
                current.holder(),
                current.commitment(),
                7,
                current.ciphertext(),
                List.of(),
                false);

        List<CompletableFuture<AppendOutcome>> futures = log.append(List.of(unit(current), unit(other)));

        assertThat(Units.outcome(futures.getFirst())).isInstanceOf(Appended.class);
        assertThatThrownBy(() -> Units.outcome(futures.getLast()))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        UnitRefusedException.class,
                        e -> assertThat(e.isStaleGeneration()).isTrue());
    }

    @Test
    void aListenerThatFailsTouchesNeitherTheCallersNorTheWriter() {
        PostgresEventLog log = store.openLog();
        log.onAppended(head -> {
            throw new IllegalStateException("of the listener");
        });

        for (int i = 0; i < 2; i++) {
            assertThat(append(log, unit(event(UUID.randomUUID(), 1))).getFirst())
                    .isInstanceOf(Appended.class);
        }
    }

    @Test
    void aCallersMistakeIsToldToTheCallerAndDisturbsNobody() {
        PostgresEventLog log = store.openLog();
        AppendUnit twoStreams = Units.under(
                Units.nothingAfter(0, List.of(Tag.stream(UUID.randomUUID()), Tag.stream(UUID.randomUUID()))),
                event(UUID.randomUUID(), 1));
        AppendUnit empty = unit();
        AppendUnit readableTag = unit(event(UUID.randomUUID(), 1, new Tag(new byte[] {1, 2, 3})));

        for (AppendUnit mistake : List.of(twoStreams, empty, readableTag)) {
            assertThatThrownBy(() -> log.append(List.of(mistake))).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(append(log, unit(event(UUID.randomUUID(), 1))).getFirst()).isInstanceOf(Appended.class);
    }

    @Test
    @SuppressWarnings("NullAway") // what no type allows stands for every slip that could end the writer's thread
    void whatNobodyExpectedFailsTheUnitsInHandAndTheWriterGoesOn() {
        PostgresEventLog log = store.openLog();
        SealedEvent broken = new SealedEvent(
                new EventContext(UUID.randomUUID(), 1, "QualificationRegistered", 1),
                UUID.randomUUID(),
                null,
                1,
                new byte[600],
                List.of(),
                false);

        List<CompletableFuture<AppendOutcome>> futures = log.append(List.of(unit(broken), unit(broken)));

        assertThat(futures)
                .allSatisfy(future -> assertUnavailable(
                        () -> future.orTimeout(60, TimeUnit.SECONDS).join(), false));
        assertThat(append(log, unit(event(UUID.randomUUID(), 1))).getFirst()).isInstanceOf(Appended.class);
        assertThat(log.isReady()).isTrue();
    }

    @Test
    void aClosedLogRefuses() {
        PostgresEventLog log = store.openLog();
        log.close();

        assertUnavailable(() -> append(log, unit(event(UUID.randomUUID(), 1))), false);
        assertThat(log.isReady()).isFalse();
    }

    @Test
    void futuresCompleteOffTheWritersThreadAndASlowCallerHoldsUpNobody() throws SQLException {
        PostgresEventLog log = store.openLog();
        CompletableFuture<Void> release = new CompletableFuture<>();
        CompletableFuture<String> thread;
        try (Connection owner = store.connectAsOwner();
                Statement statement = owner.createStatement()) {
            owner.setAutoCommit(false);
            statement.execute("SELECT FROM eventstore.head FOR UPDATE");
            thread = log.append(List.of(unit(event(UUID.randomUUID(), 1))))
                    .getFirst()
                    .thenApply(outcome -> {
                        release.join();
                        return Thread.currentThread().getName();
                    });
            owner.rollback();
        }

        assertThat(append(log, unit(event(UUID.randomUUID(), 1))).getFirst()).isInstanceOf(Appended.class);
        release.complete(null);
        assertThat(thread.orTimeout(60, TimeUnit.SECONDS).join()).isNotEqualTo("event-log-writer");
    }

    private String through(CuttingProxy proxy) {
        return store.access().url().replace(":" + store.postgres().port() + "/", ":" + proxy.port() + "/");
    }

    private static void assertUnavailable(ThrowingCallable appending, boolean deposed) {
        assertThatThrownBy(appending)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        LogUnavailableException.class,
                        e -> assertThat(e.isDeposed()).isEqualTo(deposed));
    }
}
