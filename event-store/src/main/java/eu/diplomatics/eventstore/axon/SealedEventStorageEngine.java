package eu.diplomatics.eventstore.axon;

import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.Condition;
import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.eventstore.axon.EventVaultPort.SealedUnit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.axonframework.common.infra.ComponentDescriptor;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.ContinuousMessageStream;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.GlobalIndexConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.GlobalIndexPosition;
import org.axonframework.eventsourcing.eventstore.SourcingCondition;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.Context;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.SimpleEntry;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.TerminalEventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.StreamingCondition;
import org.jspecify.annotations.Nullable;

/**
 * Axon's storage engine on the sealed log.
 *
 * <p>Tokens and markers are positions of the log: the token of an event is its position, and what follows it comes next.
 * Positions have no gaps and appear in order, so that a token needs no list of gaps and no event is ever skipped.
 */
public final class SealedEventStorageEngine implements EventStorageEngine, AutoCloseable {
    private static final int PAGE = 500;
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    private final EventLog log;
    private final EventReader reader;
    private final EventVaultPort vault;
    private final LogCriteria criteria;
    private final HeadWatch watch;

    /** The log and the reader stay their owner's to close. */
    public SealedEventStorageEngine(EventLog log, EventReader reader, EventVaultPort vault) {
        this.log = log;
        this.reader = reader;
        this.vault = vault;
        this.criteria = new LogCriteria(vault);
        this.watch = new HeadWatch(reader, POLL_INTERVAL);
    }

    @Override
    public CompletableFuture<AppendTransaction<?>> appendEvents(
            AppendCondition condition, @Nullable ProcessingContext context, List<TaggedEventMessage<?>> events) {
        SealedUnit sealed =
                events.isEmpty() ? new SealedUnit(UUID.randomUUID(), List.of()) : vault.seal(List.copyOf(events));
        ConsistencyMarker marker = condition.consistencyMarker();
        List<Condition> conditions = marker == ConsistencyMarker.INFINITY
                ? List.of()
                : criteria.after(Math.max(0, GlobalIndexConsistencyMarker.position(marker)), condition.criteria());
        return CompletableFuture.completedFuture(new LogTransaction(
                log,
                new AppendUnit(sealed.command(), sealed.events(), conditions),
                marker,
                watch::nudge,
                vault::generationOver));
    }

    @Override
    public MessageStream<EventMessage> source(SourcingCondition condition, @Nullable ProcessingContext context) {
        long start = Math.max(0, GlobalIndexPosition.toIndex(condition.start()));
        long end = reader.head().position();
        Stream<MessageStream.Entry<EventMessage>> events = Stream.iterate(
                        page(start, condition.criteria()),
                        page -> !page.isEmpty(),
                        page -> page.getLast().position() >= end
                                ? List.of()
                                : page(page.getLast().position(), condition.criteria()))
                .map(page -> page.stream()
                        .takeWhile(event -> event.position() <= end)
                        .toList())
                .flatMap(page -> entries(page).stream());
        Context last = Context.with(ConsistencyMarker.RESOURCE_KEY, new GlobalIndexConsistencyMarker(end));
        return MessageStream.fromStream(
                Stream.concat(events, Stream.of(new SimpleEntry<>(TerminalEventMessage.INSTANCE, last))),
                MessageStream.Entry::message,
                entry -> entry);
    }

    private List<StoredEvent> page(long after, EventCriteria wanted) {
        return wanted.hasCriteria() ? reader.matching(criteria.after(after, wanted), PAGE) : reader.after(after, PAGE);
    }

    private List<MessageStream.Entry<EventMessage>> entries(List<StoredEvent> stored) {
        if (stored.isEmpty()) {
            return List.of();
        }
        List<EventMessage> opened = vault.open(stored);
        return IntStream.range(0, stored.size())
                .<MessageStream.Entry<EventMessage>>mapToObj(i -> new SimpleEntry<>(
                        opened.get(i),
                        TrackingToken.addToContext(
                                Context.empty(),
                                new GlobalSequenceTrackingToken(stored.get(i).position()))))
                .toList();
    }

    @Override
    public MessageStream<EventMessage> stream(StreamingCondition condition, @Nullable ProcessingContext context) {
        TrackingToken token = condition.position();
        Tail tail = new Tail(Math.max(0, token == null ? 0 : token.position().orElse(0)), condition.criteria());
        return new ContinuousMessageStream<MessageStream.Entry<EventMessage>>(
                last -> tail.next(), entry -> entry, (stream, callback) -> watch.register(callback));
    }

    /** How far an open stream has looked, which may be beyond the last event that matched. */
    private final class Tail {
        private final EventCriteria wanted;
        private long seen;

        Tail(long seen, EventCriteria wanted) {
            this.seen = seen;
            this.wanted = wanted;
        }

        List<MessageStream.Entry<EventMessage>> next() {
            long head = reader.head().position();
            if (head <= seen) {
                return List.of();
            }
            List<StoredEvent> page = page(seen, wanted);
            List<MessageStream.Entry<EventMessage>> entries = entries(page);
            seen = page.isEmpty() ? head : page.getLast().position();
            return entries;
        }
    }

    @Override
    public CompletableFuture<TrackingToken> firstToken(@Nullable ProcessingContext context) {
        return CompletableFuture.completedFuture(new GlobalSequenceTrackingToken(0));
    }

    @Override
    public CompletableFuture<TrackingToken> latestToken(@Nullable ProcessingContext context) {
        return CompletableFuture.completedFuture(
                new GlobalSequenceTrackingToken(reader.head().position()));
    }

    /** An event is recorded after it happened: none before the position recorded at {@code at} can be the one. */
    @Override
    public CompletableFuture<TrackingToken> tokenAt(Instant at, @Nullable ProcessingContext context) {
        long before = reader.positionAt(at.minusNanos(1_000));
        for (List<StoredEvent> page = reader.after(before, PAGE); !page.isEmpty(); page = reader.after(before, PAGE)) {
            List<EventMessage> opened = vault.open(page);
            for (int i = 0; i < opened.size(); i++) {
                if (!opened.get(i).timestamp().isBefore(at)) {
                    return CompletableFuture.completedFuture(
                            new GlobalSequenceTrackingToken(page.get(i).position() - 1));
                }
            }
            before = page.getLast().position();
        }
        return latestToken(context);
    }

    @Override
    public void describeTo(ComponentDescriptor descriptor) {
        descriptor.describeProperty("log", log.getClass().getSimpleName());
    }

    @Override
    public void close() {
        watch.close();
    }
}
