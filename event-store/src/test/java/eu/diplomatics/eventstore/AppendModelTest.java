package eu.diplomatics.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.WriterSession.Verdict;
import eu.diplomatics.local.Login;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random calls of the database's append function against the rules in their simplest form, unit after unit. A clash too
 * many is allowed where an earlier unit of the same call has to do with it; an acceptance too many never is.
 */
class AppendModelTest {
    private static final int CALLS = 60;
    /** Around what the database takes for a small call and for a large one. */
    private static final int MAX_UNITS = 40;

    private static final List<String> TYPES = List.of("A", "B");

    private final EventStoreFixture store = EventStoreFixture.create();
    private final EventReader reader = store.openReader();

    @AfterEach
    void close() {
        store.close();
    }

    private record Known(long position, UUID command, SealedEvent event) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theDatabaseFollowsTheRules(long seed) throws SQLException {
        Random random = new Random(seed);
        Domain domain = new Domain(random);
        List<Known> log = new ArrayList<>();
        Login writer = store.access().role("writer");
        int appended = 0;
        int clashed = 0;
        try (WriterSession session =
                new WriterSession(WriterSession.source(store.access().url(), writer.username(), writer.password()))) {
            long epoch = session.claim().epoch();
            EventsNeededOnce neededOnce = new EventsNeededOnce();
            for (int call = 0; call < CALLS; call++) {
                List<AppendUnit> units = domain.units(log);
                List<Verdict> verdicts = session.append(epoch, log.size(), AppendBatch.sparing(units, neededOnce));
                neededOnce.add(units, verdicts);
                for (int u = 0; u < units.size(); u++) {
                    switch (verdicts.get(u).kind()) {
                        case APPENDED -> {
                            accept(units.get(u), verdicts.get(u), log);
                            appended++;
                        }
                        case CLASHED -> {
                            if (accepts(units.get(u), log)) {
                                assertThat(touchesEarlier(units.subList(0, u), units.get(u)))
                                        .as("a clash without any reason in call %s, unit %s", call, u)
                                        .isTrue();
                            }
                            clashed++;
                        }
                        case KNOWN -> assertKnown(units.get(u), verdicts.get(u), log);
                    }
                }
                assertStored(log);
            }
        }
        assertThat(appended).as("units appended").isGreaterThan(CALLS / 2);
        assertThat(clashed).as("units clashed").isGreaterThan(CALLS / 2);
    }

    /** The rules: every version once, every condition on what is there now. */
    private static boolean accepts(AppendUnit unit, List<Known> log) {
        Set<EventContext> own = new HashSet<>();
        for (SealedEvent event : unit.events()) {
            EventContext place = place(event);
            boolean taken = own.contains(place) || present(log, place);
            if (taken && !event.ifAbsent()) {
                return false;
            }
            own.add(place);
        }
        return unit.conditions().stream()
                .noneMatch(condition -> log.stream().anyMatch(known -> matches(condition, known)));
    }

    private static void accept(AppendUnit unit, Verdict verdict, List<Known> log) {
        assertThat(accepts(unit, log))
                .as("accepted against the rules: %s", unit)
                .isTrue();
        assertThat(log.stream().map(Known::command)).doesNotContain(unit.command());
        List<EventPlace> places = verdict.places();
        int next = 0;
        for (SealedEvent event : unit.events()) {
            if (!present(log, place(event))) {
                EventPlace place = places.get(next++);
                assertThat(place.position()).isEqualTo(log.size() + 1L);
                assertThat(place.stream()).isEqualTo(event.context().stream());
                assertThat(place.version()).isEqualTo(event.context().version());
                log.add(new Known(place.position(), unit.command(), event));
            }
        }
        assertThat(places).hasSize(next);
    }

    private static void assertKnown(AppendUnit unit, Verdict verdict, List<Known> log) {
        assertThat(verdict.places())
                .extracting(EventPlace::position)
                .isNotEmpty()
                .containsExactlyElementsOf(log.stream()
                        .filter(known -> known.command().equals(unit.command()))
                        .map(Known::position)
                        .toList());
    }

    private void assertStored(List<Known> log) {
        List<StoredEvent> stored = reader.after(0, Integer.MAX_VALUE);
        assertThat(stored).hasSameSizeAs(log);
        for (int i = 0; i < log.size(); i++) {
            StoredEvent event = stored.get(i);
            assertThat(event.position()).isEqualTo(i + 1L);
            assertThat(event.context()).isEqualTo(log.get(i).event().context());
            assertThat(event.command()).isEqualTo(log.get(i).command());
            assertThat(event.ciphertext()).isEqualTo(log.get(i).event().ciphertext());
            assertThat(event.leaf()).isEqualTo(Leaf.of(event));
        }
    }

    private static EventContext place(SealedEvent event) {
        return new EventContext(event.context().stream(), event.context().version(), "", 1);
    }

    private static boolean present(List<Known> log, EventContext place) {
        return log.stream().anyMatch(known -> place(known.event()).equals(place));
    }

    private static boolean matches(Condition condition, Known known) {
        return known.position() > condition.after()
                && condition.tags().stream().allMatch(tag -> carries(known.event(), tag))
                && (condition.types().isEmpty()
                        || condition.types().contains(known.event().context().type()));
    }

    private static boolean carries(SealedEvent event, Tag tag) {
        return event.tags().contains(tag)
                || Tag.stream(event.context().stream()).equals(tag);
    }

    private static boolean touchesEarlier(List<AppendUnit> earlier, AppendUnit unit) {
        return earlier.stream()
                .anyMatch(other -> other.command().equals(unit.command())
                        || other.events().stream()
                                .anyMatch(event -> unit.events().stream()
                                                .anyMatch(own -> place(own).equals(place(event)))
                                        || unit.conditions().stream()
                                                .anyMatch(condition ->
                                                        condition.tags().isEmpty()
                                                                || condition.tags().stream()
                                                                        .anyMatch(tag -> carries(event, tag)))));
    }

    /** A world small enough for everything to collide. */
    private static final class Domain {
        private final Random random;
        private final List<UUID> streams = new ArrayList<>();
        private final List<Tag> tags = new ArrayList<>();
        private boolean sparse;

        Domain(Random random) {
            this.random = random;
        }

        List<AppendUnit> units(List<Known> log) {
            if (streams.isEmpty() || random.nextInt(4) == 0) {
                streams.add(new UUID(random.nextLong(), random.nextLong()));
                tags.add(Units.tag("tag " + random.nextLong()));
            }
            sparse = random.nextInt(3) == 0;
            List<AppendUnit> units = new ArrayList<>();
            int size = random.nextBoolean() ? MAX_UNITS : MAX_UNITS / 5;
            for (int left = 1 + random.nextInt(size); left > 0; left--) {
                List<SealedEvent> events = new ArrayList<>();
                for (int e = 1 + random.nextInt(3); e > 0; e--) {
                    events.add(event());
                }
                List<Condition> conditions = new ArrayList<>();
                for (int c = random.nextInt(sparse ? 40 : 120) == 0 ? 2 : 0; c > 0; c--) {
                    conditions.add(condition(log.size()));
                }
                if (random.nextInt(sparse ? 10 : 2) == 0) {
                    conditions.add(Condition.unclaimed(pick(tags)));
                }
                UUID command = !log.isEmpty() && random.nextInt(sparse ? 100 : 12) == 0
                        ? log.get(random.nextInt(log.size())).command()
                        : UUID.randomUUID();
                units.add(new AppendUnit(command, events, conditions));
            }
            return units;
        }

        private SealedEvent event() {
            Set<Tag> own = new HashSet<>();
            for (int t = random.nextInt(sparse ? 30 : 3) - (sparse ? 28 : 0); t > 0; t--) {
                own.add(pick(tags));
            }
            return Units.event(
                    pick(streams), 1 + random.nextInt(4), pick(TYPES), random.nextInt(3) == 0, own.toArray(Tag[]::new));
        }

        private Condition condition(int head) {
            Set<Tag> asked = new HashSet<>();
            for (int t = random.nextInt(3); t > 0; t--) {
                asked.add(pick(tags));
            }
            if (random.nextInt(3) == 0) {
                asked.add(Tag.stream(pick(streams)));
            }
            long after = random.nextBoolean() ? head : Math.max(0, head - random.nextInt(8));
            return new Condition(after, List.copyOf(asked), random.nextBoolean() ? Set.of() : Set.of(pick(TYPES)));
        }

        private <T> T pick(List<T> from) {
            int recent = Math.min(from.size(), 5);
            return from.get(from.size() - 1 - random.nextInt(recent));
        }
    }
}
