package eu.diplomatics.keyring;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.KekSource.Kek;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The KEKs in this process's memory, for a limited time. Renewed in the background at half that time; when the
 * custodian does not answer, work goes on until the lease ends and then every use fails with
 * {@link KeysUnavailableException} (fail closed) until a renewal succeeds, which needs no restart.
 */
public final class KekLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KekLease.class);
    private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

    private final KekSource source;
    private final Duration ttl;
    private final InstantSource clock;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Object renewal = new Object();
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("kek-lease").factory());

    private Map<UUID, SecretBytes> held = Map.of();
    /** Asked for, and not there after a renewal: until the next one on schedule nobody asks the custodian for them. */
    private final Set<UUID> unknown = new HashSet<>();

    private @Nullable UUID current;
    private Instant grantedAt = Instant.MIN;
    private boolean closed;
    private volatile boolean failing;
    /** Why the last attempt to renew was refused; null when it was not, or went well. */
    private volatile @Nullable KeyRefusedException refused;

    /** The KEKs while a unit of work runs. */
    interface Keks {
        UUID currentId();

        /** @throws KeysUnavailableException when the lease does not cover this KEK */
        SecretBytes get(UUID id);

        /**
         * Empty when a renewal showed that there is no such KEK, or that it does not unwrap.
         *
         * @throws KeysUnavailableException when the lease does not cover this KEK yet
         */
        Optional<SecretBytes> find(UUID id);
    }

    KekLease(KekSource source, Duration ttl, InstantSource clock) {
        if (ttl.isNegative() || ttl.isZero()) {
            throw new IllegalArgumentException("a lease needs a positive duration");
        }
        this.source = source;
        this.ttl = ttl;
        this.clock = clock;
    }

    /**
     * A lease over the KEKs of a keyring database. Tries once before it returns; when that fails, the lease starts
     * ended and recovers by itself.
     *
     * @param dataSource the keyring, as {@code kr_registry} (which makes the first KEK) or {@code kr_query}
     * @param ttl how long work may go on without the custodian
     */
    public static KekLease start(DataSource dataSource, Custodian custodian, Duration ttl) {
        return start(dataSource, custodian, ttl, InstantSource.system());
    }

    /** As {@link #start(DataSource, Custodian, Duration)}, by another clock. */
    public static KekLease start(DataSource dataSource, Custodian custodian, Duration ttl, InstantSource clock) {
        KekLease lease = new KekLease(new KekStore(dataSource, custodian), ttl, clock);
        lease.startTicking();
        return lease;
    }

    /** Whether keys can be used now. */
    public boolean isValid() {
        lock.readLock().lock();
        try {
            return valid(clock.instant());
        } finally {
            lock.readLock().unlock();
        }
    }

    /** When the lease ends unless it is renewed before; the past when there is none. */
    public Instant endsAt() {
        lock.readLock().lock();
        try {
            return grantedAt.equals(Instant.MIN) ? Instant.MIN : grantedAt.plus(ttl);
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Renews now.
     *
     * @throws KeysUnavailableException when that fails; the running lease stays as it was
     */
    public void renew() {
        synchronized (renewal) {
            // the time before asking: a slow answer must not lengthen the lease
            Instant asked = clock.instant();
            List<Kek> fetched = fetch();
            lock.writeLock().lock();
            try {
                if (closed) {
                    fetched.forEach(kek -> kek.key().close());
                    throw new KeysUnavailableException("the lease was closed");
                }
                replace(fetched);
                grantedAt = asked;
            } finally {
                lock.writeLock().unlock();
            }
        }
    }

    private List<Kek> fetch() {
        refused = null;
        try {
            return source.fetch();
        } catch (KeyRefusedException e) {
            refused = e;
            throw e;
        }
    }

    /**
     * Runs work that needs no particular KEK but the current one.
     *
     * @throws KeyRefusedException when the lease has ended and the custodian refuses a new one: waiting does not help
     */
    <T> T use(Function<Keks, T> work) {
        lock.readLock().lock();
        try {
            if (!valid(clock.instant())) {
                KeyRefusedException refusal = refused;
                throw refusal == null
                        ? new KeysUnavailableException("the lease on the key-encryption key has ended")
                        : new KeyRefusedException(
                                "the lease on the key-encryption key has ended: " + refusal.getMessage());
            }
            return work.apply(new Held());
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Runs work under these KEKs too; one that came up after the last renewal is fetched first, in one attempt. */
    <T> T use(Collection<UUID> keks, Function<Keks, T> work) {
        if (isValid() && !keks.stream().allMatch(this::isSettled)) {
            fetchMissing(keks);
        }
        try {
            return use(work);
        } catch (KekNotHeldException e) {
            // a renewal between the look and the use took it away: look again, once
            fetchMissing(keks);
            return use(work);
        }
    }

    private void fetchMissing(Collection<UUID> keks) {
        synchronized (renewal) {
            // somebody else's renewal, waited for here, may have brought them
            if (keks.stream().allMatch(this::isSettled)) {
                return;
            }
            renew();
            lock.writeLock().lock();
            try {
                keks.stream().filter(id -> !held.containsKey(id)).forEach(unknown::add);
            } finally {
                lock.writeLock().unlock();
            }
        }
    }

    private boolean isSettled(UUID kek) {
        lock.readLock().lock();
        try {
            return held.containsKey(kek) || unknown.contains(kek);
        } finally {
            lock.readLock().unlock();
        }
    }

    boolean covers(UUID kek) {
        lock.readLock().lock();
        try {
            return held.containsKey(kek);
        } finally {
            lock.readLock().unlock();
        }
    }

    void startTicking() {
        tick();
        long period = Math.max(1, Math.min(LONGEST_TICK.toMillis(), ttl.toMillis() / 10));
        var unused = ticker.scheduleWithFixedDelay(this::tick, period, period, TimeUnit.MILLISECONDS);
    }

    /** One step of the background work: forget what has ended, renew what is half over. */
    void tick() {
        try {
            Instant now = clock.instant();
            if (!isValid()) {
                forget();
            } else if (now.isBefore(grantedAt().plus(ttl.dividedBy(2))) && !now.isBefore(grantedAt())) {
                return;
            }
            renewOnSchedule();
            if (failing) {
                failing = false;
                LOG.info("lease on the key-encryption key renewed");
            }
        } catch (RuntimeException e) {
            // anything thrown here would end the schedule, and with it the recovery
            if (!failing) {
                failing = true;
                LOG.warn(
                        "lease on the key-encryption key cannot be renewed, it ends at {}: {}", endsAt(), e.toString());
            }
        }
    }

    private void renewOnSchedule() {
        renew();
        lock.writeLock().lock();
        try {
            unknown.clear();
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void close() {
        ticker.shutdownNow();
        lock.writeLock().lock();
        try {
            closed = true;
            forget();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private Instant grantedAt() {
        lock.readLock().lock();
        try {
            return grantedAt;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** In both directions, so that a clock set back does not lengthen a lease without end. */
    private boolean valid(Instant now) {
        return !grantedAt.equals(Instant.MIN)
                && Duration.between(grantedAt, now).abs().compareTo(ttl) < 0;
    }

    private void replace(List<Kek> fetched) {
        Map<UUID, SecretBytes> next = HashMap.newHashMap(fetched.size());
        fetched.forEach(kek -> next.put(kek.id(), kek.key()));
        held.values().forEach(SecretBytes::close);
        held = next;
        current = fetched.getFirst().id();
    }

    private void forget() {
        lock.writeLock().lock();
        try {
            held.values().forEach(SecretBytes::close);
            held = Map.of();
            current = null;
            grantedAt = Instant.MIN;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private static final class KekNotHeldException extends KeysUnavailableException {
        private static final long serialVersionUID = 1L;

        KekNotHeldException(UUID id) {
            super("key-encryption key " + id + " is not under lease");
        }
    }

    private final class Held implements Keks {
        @Override
        public UUID currentId() {
            UUID id = current;
            if (id == null) {
                throw new KeysUnavailableException("there is no key-encryption key");
            }
            return id;
        }

        @Override
        public SecretBytes get(UUID id) {
            SecretBytes key = held.get(id);
            if (key == null) {
                throw new KekNotHeldException(id);
            }
            return key;
        }

        @Override
        public Optional<SecretBytes> find(UUID id) {
            return !held.containsKey(id) && unknown.contains(id) ? Optional.empty() : Optional.of(get(id));
        }
    }
}
