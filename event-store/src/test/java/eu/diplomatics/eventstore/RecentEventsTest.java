package eu.diplomatics.eventstore;

import static eu.diplomatics.eventstore.Units.append;
import static eu.diplomatics.eventstore.Units.claiming;
import static eu.diplomatics.eventstore.Units.event;
import static eu.diplomatics.eventstore.Units.ifAbsent;
import static eu.diplomatics.eventstore.Units.tag;
import static eu.diplomatics.eventstore.Units.unit;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What was appended last")
class RecentEventsTest {
    private static final int EVENT_BYTES = 600;

    private final EventStoreFixture store = EventStoreFixture.create();
    private final EventReader reader = store.openReader();
    private final RecentEvents recent = new RecentEvents(10 * EVENT_BYTES);
    private final PostgresEventLog log = store.openLog();

    @AfterEach
    void close() {
        store.close();
    }

    private void appendSingly(int count) {
        IntStream.range(0, count).forEach(i -> append(log, unit(event(UUID.randomUUID(), 1))));
    }

    @Test
    void is_what_the_log_has_whatever_was_left_out_of_it() {
        UUID holder = UUID.randomUUID();
        append(log, claiming(tag("taken")), unit(ifAbsent(holder, 1), event(UUID.randomUUID(), 1)));
        log.keep(recent);
        append(
                log,
                claiming(tag("taken")),
                unit(ifAbsent(holder, 1), event(UUID.randomUUID(), 1)),
                claiming(tag("free")),
                unit(ifAbsent(UUID.randomUUID(), 1), event(UUID.randomUUID(), 1), event(UUID.randomUUID(), 1)));

        List<StoredEvent> inLog = reader.after(3, 100);
        assertThat(inLog).hasSize(5);
        assertThat(recent.after(3, 100)).usingRecursiveComparison().isEqualTo(inLog);
    }

    @Test
    void is_told_from_the_position_on_that_is_asked_for_and_forgotten_up_to_it() {
        log.keep(recent);
        appendSingly(5);

        assertThat(positions(recent.after(1, 2))).containsExactly(2L, 3L);
        assertThat(positions(recent.after(2, 100))).containsExactly(3L, 4L, 5L);
        assertThat(recent.after(0, 100)).as("1 is forgotten").isEmpty();
        assertThat(recent.after(5, 100)).isEmpty();
        assertThat(recent.last()).as("told when it is no longer here").isEqualTo(5);
    }

    @Test
    void is_bounded_and_without_gaps() {
        log.keep(recent);
        appendSingly(14);
        assertThat(recent.after(3, 100)).as("4 had to go").isEmpty();
        assertThat(positions(recent.after(4, 100))).hasSize(10).startsWith(5L);

        PostgresEventLog other = store.openLog();
        append(other, unit(event(UUID.randomUUID(), 1)));
        other.keep(recent);
        append(other, unit(event(UUID.randomUUID(), 1)));
        assertThat(recent.after(5, 100)).as("15 is another writer's").isEmpty();
        assertThat(positions(recent.after(15, 100))).containsExactly(16L);
    }

    @Test
    void is_of_one_key_generation_at_a_time() {
        List<SealedEvent> sealed = List.of(event(UUID.randomUUID(), 1), event(UUID.randomUUID(), 1));
        SealedEvent later = sealed.getLast();
        List<AppendUnit> units = List.of(
                unit(sealed.getFirst()),
                unit(new SealedEvent(
                        later.context(),
                        later.holder(),
                        later.commitment(),
                        2,
                        later.ciphertext(),
                        later.tags(),
                        later.ifAbsent())));
        recent.add(units, List.of(appended(units.getFirst(), 1), appended(units.getLast(), 2)));

        assertThat(positions(recent.after(0, 100))).containsExactly(1L);
        assertThat(recent.after(1, 100))
                .singleElement()
                .satisfies(event -> assertThat(event.keyGeneration()).isEqualTo(2));
    }

    private static WriterSession.Verdict appended(AppendUnit unit, long position) {
        EventContext context = unit.events().getFirst().context();
        return new WriterSession.Verdict(
                WriterSession.Verdict.Kind.APPENDED,
                List.of(new EventPlace(
                        context.stream(), context.version(), position, TestEvents.RECORDED_AT, Units.random(32))));
    }

    private static List<Long> positions(List<StoredEvent> events) {
        return events.stream().map(StoredEvent::position).toList();
    }
}
