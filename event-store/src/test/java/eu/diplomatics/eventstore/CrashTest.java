package eu.diplomatics.eventstore;

import static eu.diplomatics.eventstore.Units.event;
import static eu.diplomatics.eventstore.Units.unit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.local.Login;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What was acknowledged is there, exactly once and without a gap, whoever is killed. */
class CrashTest {
    private static final int KILLS = 5;

    private record Version(UUID stream, long version) {}

    @Test
    void nothingAcknowledgedIsLostOrDoubledWhenTheWritersProcessIsKilled() throws IOException {
        try (EventStoreFixture store = EventStoreFixture.create()) {
            Map<Version, Long> acknowledged = new HashMap<>();
            for (int kill = 0; kill < KILLS; kill++) {
                int before = acknowledged.size();
                appendUntilKilled(store, acknowledged);
                assertThat(acknowledged).hasSizeGreaterThan(before);
            }
            PostgresEventLog log = store.openLog();
            EventPlace next = Units.places(
                            Units.append(log, unit(event(UUID.randomUUID(), 1))).getFirst())
                    .getFirst();
            acknowledged.put(new Version(next.stream(), next.version()), next.position());

            assertWhole(store.openReader(), acknowledged);
        }
    }

    private static void appendUntilKilled(EventStoreFixture store, Map<Version, Long> acknowledged) throws IOException {
        Login writer = store.access().role("writer");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingAppender.class.getName());
        builder.environment().put(CrashingAppender.URL, store.access().url());
        builder.environment().put(CrashingAppender.USER, writer.username());
        builder.environment().put(CrashingAppender.PASSWORD, writer.password());
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process appender = builder.start();
        try (BufferedReader lines = appender.inputReader()) {
            int killAfter = ThreadLocalRandom.current().nextInt(20, 600);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split(" ", -1);
                if (parts.length == 3 && parts[2].length() == 1 && parts[1].length() == 36) {
                    acknowledged.put(
                            new Version(UUID.fromString(parts[1]), Long.parseLong(parts[2])), Long.parseLong(parts[0]));
                }
                if (--killAfter == 0) {
                    // by its handle, which leaves what it has said to be read
                    appender.toHandle().destroyForcibly();
                }
            }
        } finally {
            appender.destroyForcibly().onExit().join();
        }
    }

    @Test
    void nothingAcknowledgedIsLostOrDoubledWhenPostgresIsKilledOrStopped() throws Exception {
        try (PostgresInstance postgres = TestServices.dedicatedPostgres();
                EventStoreFixture store = EventStoreFixture.create(postgres)) {
            PostgresEventLog log = store.openLog();
            Map<Version, Long> acknowledged = new ConcurrentHashMap<>();
            AtomicBoolean enough = new AtomicBoolean();
            try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
                List<Future<?>> done = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    done.add(callers.submit(() -> appendStubbornly(log, acknowledged, enough)));
                }
                for (int fault = 0; fault < 3; fault++) {
                    int before = acknowledged.size();
                    await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() > before + 50);
                    if (fault == 1) {
                        postgres.stop();
                    } else {
                        postgres.kill();
                    }
                    postgres.restart();
                }
                int before = acknowledged.size();
                await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() > before + 50);
                enough.set(true);
                for (Future<?> caller : done) {
                    caller.get(60, TimeUnit.SECONDS);
                }
            }
            assertThat(log.isReady()).isTrue();
            assertWhole(store.openReader(), acknowledged);
        }
    }

    /** As a good client does: the same unit again until its outcome is known. */
    private static void appendStubbornly(EventLog log, Map<Version, Long> acknowledged, AtomicBoolean enough) {
        while (!enough.get()) {
            AppendUnit unit = unit(event(UUID.randomUUID(), 1));
            boolean known = false;
            while (!known) {
                try {
                    List<EventPlace> places = switch (Units.append(log, unit).getFirst()) {
                        case AppendOutcome.Appended(List<EventPlace> now) -> now;
                        case AppendOutcome.AppendedBefore(List<EventPlace> before) -> before;
                        case AppendOutcome.Clashed() -> throw new AssertionError("nothing to clash with");
                    };
                    places.forEach(
                            place -> acknowledged.put(new Version(place.stream(), place.version()), place.position()));
                    known = true;
                } catch (CompletionException e) {
                    assertThat(e).hasCauseInstanceOf(LogUnavailableException.class);
                }
            }
        }
    }

    private static void assertWhole(EventReader reader, Map<Version, Long> acknowledged) {
        Map<Version, Long> stored = new HashMap<>();
        Instant last = Instant.EPOCH;
        long position = 0;
        for (List<StoredEvent> page = reader.after(0, 1_000); !page.isEmpty(); page = reader.after(position, 1_000)) {
            for (StoredEvent event : page) {
                assertThat(event.position()).isEqualTo(++position);
                assertThat(event.recordedAt()).isAfterOrEqualTo(last);
                assertThat(event.leaf()).isEqualTo(Leaf.of(event));
                last = event.recordedAt();
                stored.put(new Version(event.context().stream(), event.context().version()), event.position());
            }
        }
        assertThat(reader.head().position()).isEqualTo(position);
        assertThat(stored).hasSize((int) position).containsAllEntriesOf(acknowledged);
    }
}
