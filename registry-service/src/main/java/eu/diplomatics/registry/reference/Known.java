package eu.diplomatics.registry.reference;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.LogUnavailableException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows from a stream of reference data, as it is known at this moment. A change holds within seconds, in each instance.
 * While the log is away it goes on with what it knew: nothing is registered then anyway. Where there is a change that does not
 * open, nothing is known.
 */
public final class Known<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Known.class);
    /** After that a look decides whether anything changed. */
    private static final Duration FRESH = Duration.ofSeconds(1);
    /** So long the others go on with what was known while one looks. */
    private static final Duration TOLERABLE = Duration.ofSeconds(5);

    private final EventReader log;
    private final Set<String> types;
    private final Supplier<T> read;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile @Nullable Seen<T> seen;

    /**
     * @param types of the events that change it
     * @param read what follows from all of them
     */
    public Known(EventReader log, Set<String> types, Supplier<T> read) {
        this.log = log;
        this.types = Set.copyOf(types);
        this.read = read;
    }

    /** @param position up to where the log was looked through for changes */
    private record Seen<T>(T value, long position, long nanos) {
        boolean isYoungerThan(Duration age) {
            return System.nanoTime() - nanos < age.toNanos();
        }
    }

    /** @throws RuntimeException whatever reading threw; nothing is known then */
    public T now() {
        Seen<T> before = seen;
        if (before != null && before.isYoungerThan(FRESH)) {
            return before.value();
        }
        // one looks; the others go on with what was known seconds ago
        if (!looking.tryLock()) {
            if (before != null && before.isYoungerThan(TOLERABLE)) {
                return before.value();
            }
            looking.lock();
        }
        try {
            Seen<T> other = seen;
            if (other != null && other.isYoungerThan(FRESH)) {
                return other.value();
            }
            Seen<T> now = look(other);
            seen = now;
            return now.value();
        } finally {
            looking.unlock();
        }
    }

    private Seen<T> look(@Nullable Seen<T> before) {
        long asked = System.nanoTime();
        try {
            long head = log.head().position();
            if (before != null
                    && (head <= before.position()
                            || log.occurrences(before.position(), head, types).isEmpty())) {
                return new Seen<>(before.value(), Math.max(head, before.position()), asked);
            }
            return new Seen<>(read.get(), head, asked);
        } catch (LogUnavailableException e) {
            if (before == null) {
                throw e;
            }
            LOG.warn("reference data cannot be looked up: the log is away");
            return new Seen<>(before.value(), before.position(), System.nanoTime());
        }
    }

    /** A change of this instance's holds here at once. */
    public void forget() {
        looking.lock();
        try {
            Seen<T> last = seen;
            if (last != null) {
                seen = new Seen<>(last.value(), last.position(), System.nanoTime() - TOLERABLE.toNanos());
            }
        } finally {
            looking.unlock();
        }
    }
}
