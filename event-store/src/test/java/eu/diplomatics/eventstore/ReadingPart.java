package eu.diplomatics.eventstore;

import static eu.diplomatics.eventstore.Units.append;
import static eu.diplomatics.eventstore.Units.event;
import static eu.diplomatics.eventstore.Units.nothingAfter;
import static eu.diplomatics.eventstore.Units.places;
import static eu.diplomatics.eventstore.Units.tag;
import static eu.diplomatics.eventstore.Units.unit;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Pages by position, by criteria and by time, and whole streams. */
abstract class ReadingPart extends EventLogPart {
    ReadingPart(EventLogSuite suite) {
        super(suite);
    }

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
        for (List<StoredEvent> page = reader.after(0, 100); !page.isEmpty(); page = reader.after(read.getLast(), 100)) {
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
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
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
            places.addAll(places(append(log, unit(event(UUID.randomUUID(), 1))).getFirst()));
        }

        assertThat(reader.positionAt(Instant.EPOCH)).isZero();
        assertThat(reader.positionAt(Instant.now().plusSeconds(60))).isEqualTo(17);
        for (EventPlace place : places) {
            assertThat(reader.positionAt(place.recordedAt())).isGreaterThanOrEqualTo(place.position());
            assertThat(reader.positionAt(place.recordedAt().minusNanos(1000))).isLessThan(place.position());
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
