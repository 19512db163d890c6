package eu.diplomatics.keyring;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.KekSource.Kek;
import eu.diplomatics.keyring.Keyring.SecretVersion;
import eu.diplomatics.keyring.RewriteStore.Begun;
import eu.diplomatics.keyring.RewriteStore.Cursor;
import eu.diplomatics.keyring.RewriteStore.SecretRow;
import eu.diplomatics.keyring.RewriteStore.Stage;
import java.io.DataInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Copies the whole keyring under a new KEK into a new table, puts that in the place of the old and drops the old: what
 * older copies of the keyring hold, in WAL, dead rows, snapshots and backups, then stands under KEKs of which only
 * epoch keys of those days give back the key. Never an update in place.
 *
 * <p>Services go on meanwhile. What they make or drop is noted by the database and brought over; at the swap they wait a
 * moment, and whoever then comes with the old KEK is refused and comes again with the new. A rewrite that was killed is
 * gone on with from the last chunk.
 */
public final class KeyringRewrite {
    private static final int CHUNK = 10_000;
    private static final int CHANGES = 2_000;
    private static final int THREADS = 2;
    private static final int AHEAD = 3;
    private static final int LOCK_ATTEMPTS = 300;
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final String RETIRE = "SELECT keyring.retire_secret(?, ?)";
    /** No lock in time, and a deadlock that the database ended. */
    private static final Set<String> WAITED_TOO_LONG = Set.of("55P03", "40P01");

    private final DataSource dataSource;
    private final Custodian custodian;
    private final InstantSource clock;

    /** What a rewrite came to. */
    public record Outcome(long rewrite, UUID kek, long keys) {}

    /** @param dataSource the keyring as {@code kr_rekeyer}, without time limits on statements */
    public KeyringRewrite(DataSource dataSource, Custodian custodian, InstantSource clock) {
        this.dataSource = dataSource;
        this.custodian = custodian;
        this.clock = clock;
    }

    /**
     * Goes on with an unfinished rewrite, or makes a new one.
     *
     * @throws KeysUnavailableException when the database or a site of the custodian does not answer; run it again
     * @throws KeyTamperedException when a key does not open in its place: nothing is swapped until it is repaired or gone
     */
    public Outcome run(RotationWatch watch) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            return run(new RewriteStore(connection), watch);
        } catch (SQLException e) {
            throw new KeysUnavailableException("keyring database does not answer (" + e.getSQLState() + ")", e);
        } catch (IOException e) {
            throw new KeysUnavailableException("keyring database stopped answering", e);
        }
    }

    /**
     * Removes a version of a named secret; what is left of it in the files goes with the next rewrite.
     *
     * @return false when it is gone already, or is the newest one, which stays
     */
    public boolean retire(String name, SecretVersion version) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(RETIRE)) {
            statement.setString(1, name);
            statement.setString(2, version.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException e) {
            throw KeyringErrors.unavailable(e);
        }
    }

    private Outcome run(RewriteStore store, RotationWatch watch) throws SQLException, IOException {
        watch.step("begin");
        Optional<Begun> unfinished = store.unfinished();
        Kek next = null;
        if (unfinished.isPresent()) {
            try {
                next = unwrap(unfinished.get());
            } catch (KeyRefusedException e) {
                // left off so long ago that its epoch keys are gone: the copy is of no use to anybody
                locked(store, () -> store.abandon(unfinished.get().id()));
            }
        }
        if (next == null) {
            next = begin(store);
        }
        Begun begun;
        Rewrapper opened;
        try {
            watch.step("begun");
            begun = store.unfinished().orElseThrow(() -> new KeysUnavailableException("the rewrite was ended"));
            opened = new Rewrapper(store.shredded(), new KekStore(dataSource, custodian).fetch(), next);
        } catch (SQLException | RuntimeException e) {
            next.key().close();
            throw e;
        }
        try (Rewrapper rewrapper = opened) {
            long copied = begun.copied();
            if (begun.stage() == Stage.COPYING) {
                watch.step("copy");
                copied = copy(store, begun, rewrapper, watch);
            }
            watch.step("catch up");
            while (catchUp(store, begun.id(), rewrapper) == CHANGES) {
                watch.step("catch up");
            }
            watch.step("swap");
            locked(store, () -> {
                store.lock();
                watch.step("locked");
                while (bring(store, begun.id(), rewrapper) > 0) {
                    watch.step("catch up while locked");
                }
                Map<String, byte[]> secrets = new HashMap<>();
                for (SecretRow secret : store.secrets()) {
                    secrets.put(secret.name(), rewrapper.rewrap(secret.name(), secret.kek(), secret.wrapped()));
                }
                store.swap(begun.id(), secrets, clock.instant());
                watch.step("swapped");
            });
            watch.step("done");
            return new Outcome(begun.id(), begun.kek(), copied);
        }
    }

    private Kek unwrap(Begun begun) {
        return new Kek(begun.kek(), CheckedKek.unwrap(custodian, begun.kek(), begun.wrapped()));
    }

    private Kek begin(RewriteStore store) throws SQLException, IOException {
        UUID id = UUID.randomUUID();
        SecretBytes kek = SecretBytes.random(CheckedKek.KEY_BYTES);
        try {
            WrappedKey wrapped = CheckedKek.wrap(custodian, id, kek);
            locked(store, () -> store.begin(id, wrapped, clock.instant()));
            return new Kek(id, kek);
        } catch (SQLException | IOException | RuntimeException e) {
            kek.close();
            throw e;
        }
    }

    /** Reads, wraps and writes at the same time: each of the three has its own connection or threads. */
    private long copy(RewriteStore store, Begun begun, Rewrapper rewrapper, RotationWatch watch)
            throws SQLException, IOException {
        long estimate = store.estimate();
        long copied = begun.copied();
        store.commit();
        Cursor cursor = begun.cursor();
        Deque<Chunk> ahead = new ArrayDeque<>();
        ExecutorService threads = Executors.newFixedThreadPool(
                THREADS,
                Thread.ofPlatform().name("keyring-rewrite-", 0).daemon().factory());
        try (Connection reading = dataSource.getConnection()) {
            try (DataInputStream in = new RewriteStore(reading).keysAfter(cursor)) {
                boolean more = true;
                while (more || !ahead.isEmpty()) {
                    while (more && ahead.size() < AHEAD) {
                        List<KeyRow> rows = new ArrayList<>(CHUNK);
                        more = KeyRow.read(in, CHUNK, rows);
                        if (!rows.isEmpty()) {
                            KeyRow last = rows.getLast();
                            ahead.add(new Chunk(
                                    new Cursor(last.id(), last.generation()),
                                    threads.submit(() -> rewrapper.rewrap(rows))));
                        }
                    }
                    if (!ahead.isEmpty()) {
                        Chunk chunk = ahead.remove();
                        List<KeyRow> rows = chunk.rows();
                        store.copy(rows);
                        store.advance(begun.id(), cursor, chunk.end, rows.size());
                        store.commit();
                        cursor = chunk.end;
                        copied += rows.size();
                        watch.progress(copied, Math.max(copied, estimate));
                    }
                }
            }
        } finally {
            threads.shutdownNow();
        }
        store.endCopy(begun.id());
        store.commit();
        return copied;
    }

    private record Chunk(Cursor end, Future<List<KeyRow>> rewrapped) {
        List<KeyRow> rows() {
            try {
                return rewrapped.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KeysUnavailableException("interrupted while keys were wrapped", e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException own ? own : new IllegalStateException(e.getCause());
            }
        }
    }

    private static int catchUp(RewriteStore store, long rewrite, Rewrapper rewrapper) throws SQLException, IOException {
        int taken = bring(store, rewrite, rewrapper);
        store.commit();
        return taken;
    }

    private static int bring(RewriteStore store, long rewrite, Rewrapper rewrapper) throws SQLException, IOException {
        RewriteStore.Changes changes = store.takeChanges(rewrite, CHANGES);
        if (!changes.present().isEmpty()) {
            store.copy(rewrapper.rewrap(changes.present()));
        }
        return changes.taken();
    }

    /** Statements that need a lock on the tables, in a transaction. */
    private interface Locked {
        void run() throws SQLException, IOException;
    }

    /** Waits for a lock a short while only, since everybody else then waits behind it, and often. */
    private static void locked(RewriteStore store, Locked work) throws SQLException, IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                work.run();
                store.commit();
                return;
            } catch (SQLException e) {
                store.rollback();
                if (attempt == LOCK_ATTEMPTS || !WAITED_TOO_LONG.contains(String.valueOf(e.getSQLState()))) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            } catch (IOException | RuntimeException e) {
                store.rollback();
                throw e;
            }
        }
    }
}
