package eu.diplomatics.registry.relay;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.EventTopics;
import eu.diplomatics.eventstore.Incarnations;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.eventstore.RecentEvents;
import eu.diplomatics.eventstore.StoredEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the log in order, from its checkpoint on, for ever. At least once: the checkpoint moves after the broker has
 * acknowledged, and whatever stood between is published again. While Kafka or the log is away it tries again; nothing
 * waits for it.
 */
public final class Relay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    /** More than a chunk of registrations brings: each step costs the broker two requests and the log a commit. */
    private static final int BATCH = 2_000;

    private static final Duration LOOK = Duration.ofMillis(200);
    /** So many events come from files: what follows them is worth waiting for. */
    private static final int MANY = 200;

    private static final Duration GATHER = Duration.ofMillis(75);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(200);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);
    private static final Duration STALE_AFTER = Duration.ofSeconds(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final RecentEvents recent;
    private final EventReader reader;
    private final DataSource dataSource;
    private final RelaySettings settings;
    private final InstantSource clock;
    private final KeyGenerations generations;
    private final Incarnations incarnations;
    private final Semaphore news = new Semaphore(0);
    private final Thread thread = Thread.ofPlatform().name("relay").unstarted(this::run);
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile RelayState state = RelayState.STARTING;

    /**
     * A relay that does not run yet.
     *
     * @param recent what this process appended last, before it is looked for in the log; no other reads it
     * @param reader reads the log as {@code es_relay}
     * @param dataSource the log's database as {@code es_relay}; the relay keeps one connection for its lock
     */
    public Relay(
            RecentEvents recent,
            EventReader reader,
            DataSource dataSource,
            RelaySettings settings,
            InstantSource clock) {
        this.recent = recent;
        this.reader = reader;
        this.dataSource = dataSource;
        this.settings = settings;
        this.clock = clock;
        this.generations = new KeyGenerations(dataSource);
        this.incarnations = new Incarnations(dataSource);
    }

    public void start() {
        thread.start();
    }

    /** There is something new in the log: cheap, from any thread. */
    public void wake() {
        if (news.availablePermits() == 0) {
            news.release();
        }
    }

    /** What the relay last got done, by now. */
    public RelayState state() {
        RelayState last = state;
        boolean stale = last.at().plus(STALE_AFTER).isBefore(clock.instant());
        return stale ? new RelayState(last.position(), last.at(), false) : last;
    }

    private void run() {
        Duration backoff = FIRST_BACKOFF;
        while (stop.getCount() > 0) {
            long before = state.position();
            try {
                relay();
            } catch (InterruptedException | InterruptException e) {
                break;
            } catch (SQLException | ExecutionException | TimeoutException | RuntimeException e) {
                if (stop.getCount() == 0) {
                    break;
                }
                if (state.publishing()) {
                    LOG.warn("relay interrupted at position {}: {}", state.position(), cause(e));
                }
                state = new RelayState(state.position(), state.at(), false);
            }
            backoff = state.position() > before ? FIRST_BACKOFF : longer(backoff);
            try {
                if (stop.await(backoff.toMillis(), TimeUnit.MILLISECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                break;
            }
        }
    }

    private void relay() throws SQLException, ExecutionException, TimeoutException, InterruptedException {
        try (Checkpoint checkpoint = Checkpoint.take(dataSource, settings.topic())) {
            while (checkpoint != null && stop.getCount() > 0) {
                relay(checkpoint, incarnations.now(), generations.refresh());
            }
        }
    }

    /** Until another incarnation or key generation is in force: its events go into a topic of their own. */
    private void relay(Checkpoint checkpoint, Incarnations.Now incarnation, int generation)
            throws SQLException, ExecutionException, TimeoutException, InterruptedException {
        String name = name(incarnation.number(), generation);
        long position = begin(checkpoint, name, incarnation, generation);
        recent.forget(); // what an incarnation lost may be there still
        try (Topic topic = Topic.open(settings, name)) {
            LOG.info("relaying into {} from position {} on", name, position);
            while (stop.getCount() > 0) {
                List<StoredEvent> events = after(position);
                if (generationOf(events, position, generation) != generation || isOver(incarnation, events, position)) {
                    return;
                }
                position = step(checkpoint, topic, name, position, events);
                // what comes alone waits for nothing, nor does the relay where it is behind
                if (events.size() >= MANY && events.size() < BATCH) {
                    var unused = stop.await(GATHER.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        }
    }

    private List<StoredEvent> after(long position) throws InterruptedException {
        List<StoredEvent> events = recent.after(position, BATCH);
        if (events.isEmpty() && recent.last() == position && news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            // nobody else appends as long as this process does
            events = recent.after(position, BATCH);
        }
        return events.isEmpty() ? reader.after(position, BATCH) : events;
    }

    private String name(int incarnation, int generation) {
        return EventTopics.name(EventTopics.first(settings.topic(), incarnation), generation);
    }

    private boolean isOver(Incarnations.Now incarnation, List<StoredEvent> events, long position) {
        return (!events.isEmpty() || heartbeatDue(position))
                && incarnations.now().number() != incarnation.number();
    }

    /**
     * Where the topic goes on; a new one where the one before ends, and that one is told so first. What an incarnation
     * lost was perhaps relayed: the next one is relayed from the last position that is kept.
     */
    private long begin(Checkpoint checkpoint, String name, Incarnations.Now incarnation, int generation)
            throws SQLException, ExecutionException, TimeoutException, InterruptedException {
        OptionalLong position = checkpoint.position(name);
        for (int number = incarnation.number(); position.isEmpty() && number > 0; number--) {
            for (int before = generation; position.isEmpty() && before > 0; before--) {
                String old = name(number, before);
                OptionalLong reached = checkpoint.position(old);
                if (reached.isPresent()) {
                    try (Topic ended = Topic.open(settings, old)) {
                        ended.end(reached.getAsLong(), generation);
                    }
                    long from = number == incarnation.number()
                            ? reached.getAsLong()
                            : Math.min(reached.getAsLong(), incarnation.kept());
                    checkpoint.moveTo(name, from);
                    position = OptionalLong.of(from);
                    LOG.info("{} ends at position {}", old, reached.getAsLong());
                }
            }
        }
        if (position.isEmpty()) {
            checkpoint.moveTo(name, 0);
        }
        return position.orElse(0);
    }

    private int generationOf(List<StoredEvent> events, long position, int assumed) {
        if (!events.isEmpty()) {
            return events.getFirst().keyGeneration();
        }
        return heartbeatDue(position) ? generations.refresh() : assumed;
    }

    /**
     * Whether everything goes into the topic of this generation by now, and the one before has its end marks.
     *
     * @throws eu.diplomatics.eventstore.LogUnavailableException when that cannot be read
     */
    public boolean hasBegun(int generation) {
        try (Connection connection = dataSource.getConnection()) {
            return Checkpoint.position(connection, name(incarnations.now().number(), generation))
                    .isPresent();
        } catch (SQLException e) {
            throw new LogUnavailableException("the relay's checkpoint cannot be read", false, e);
        }
    }

    /** Deletes the topic of a generation that is over, of every incarnation; harmless where it is gone. */
    public void deleteTopic(int generation) throws ExecutionException, TimeoutException, InterruptedException {
        for (int number = incarnations.now().number(); number > 0; number--) {
            Topic.delete(settings, name(number, generation));
        }
    }

    /** How many records each topic holds, by generation of data keys. */
    public SortedMap<Integer, Long> records() throws ExecutionException, TimeoutException, InterruptedException {
        return Topic.records(settings);
    }

    private long step(Checkpoint checkpoint, Topic topic, String name, long position, List<StoredEvent> events)
            throws SQLException, ExecutionException, InterruptedException {
        if (events.isEmpty() && !heartbeatDue(position)) {
            var unused = news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            return position;
        }
        long reached = events.isEmpty() ? position : events.getLast().position();
        if (!events.isEmpty()
                && (events.getFirst().position() != position + 1 || reached - position != events.size())) {
            throw new IllegalStateException("the log has a gap after position " + position);
        }
        if (events.isEmpty() && !checkpoint.isHeld()) {
            throw new SQLException("the relay's lock is lost");
        }
        for (StoredEvent event : events) {
            if (event.isContentLost()) {
                // the others must not wait for it; the projections set its stream aside
                LOG.error("the log has lost the content of position {}", event.position());
            }
        }
        topic.publish(events, reached);
        if (!events.isEmpty()) {
            checkpoint.moveTo(name, reached);
        }
        state = new RelayState(reached, clock.instant(), true);
        return reached;
    }

    private boolean heartbeatDue(long position) {
        RelayState last = state;
        return last.position() != position
                || !last.publishing()
                || !last.at().plus(settings.idle()).isAfter(clock.instant());
    }

    private static Duration longer(Duration backoff) {
        Duration doubled = backoff.multipliedBy(2);
        return doubled.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : doubled;
    }

    private static String cause(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof KafkaException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null ? "unknown" : cause.getClass().getSimpleName();
    }

    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
        try {
            if (thread.isAlive() && !thread.join(STOP_LIMIT)) {
                LOG.warn("the relay does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
