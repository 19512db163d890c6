package eu.diplomatics.keyring;

import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.envelope.CobblestoneSession;
import eu.diplomatics.envelope.SecretBytes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The wrapped keys at the second provider. Every method throws {@link KeysUnavailableException} when the database does
 * not answer or the lease has ended, and {@link KeyTamperedException} when a stored key does not open in its place.
 * Data keys are read and opened anew for every unit of work and never kept: a dropped key is gone at once.
 */
public final class Keyring {
    static final int KEY_BYTES = 32;
    private static final String CREATE =
            "SELECT o_id, o_generation, o_regime, o_kek, o_wrapped FROM keyring.create_keys(?, ?, ?, ?, ?, ?)";
    private static final String OPEN_NEWEST = """
            SELECT DISTINCT ON (id) id, generation, regime, kek_id, wrapped
            FROM keyring.data_key WHERE id = ANY (?) ORDER BY id, generation DESC""";
    private static final String OPEN_GENERATION = """
            SELECT id, generation, regime, kek_id, wrapped
            FROM keyring.data_key WHERE id = ANY (?) AND generation = ?""";
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String DROP_JOB_KEY = "SELECT keyring.drop_job_key(?)";
    private static final String KEKS = "SELECT id, created_at FROM keyring.kek ORDER BY created_at DESC, id";

    private final DataSource dataSource;
    private final KekLease lease;
    private final NamedSecrets secrets;

    public Keyring(DataSource dataSource, KekLease lease) {
        this.dataSource = dataSource;
        this.lease = lease;
        this.secrets = new NamedSecrets(dataSource, lease);
    }

    record SealedKey(UUID id, int generation, KeyRegime regime, UUID kek, byte[] wrapped) {}

    /**
     * Makes data keys, durable when this returns, in one statement. Repeating is harmless: the key that is already
     * there for an id and generation is returned.
     *
     * @return by id; the caller closes them
     * @throws IllegalArgumentException when an id stands twice, or its existing key has another regime
     */
    public Map<UUID, DataKey> create(Collection<NewKey> wanted) {
        return create(List.of(), wanted);
    }

    /**
     * As the other.
     *
     * @param fresh keys of ids that were drawn just now, and that nobody else knows: they cost less
     * @param others keys that may be there already
     */
    public Map<UUID, DataKey> create(Collection<NewKey> fresh, Collection<NewKey> others) {
        List<NewKey> keys = new ArrayList<>(fresh);
        keys.addAll(others);
        if (keys.isEmpty()) {
            return Map.of();
        }
        List<DataKey> made = new ArrayList<>(keys.size());
        Map<UUID, DataKey> result = HashMap.newHashMap(keys.size());
        try {
            for (NewKey key : keys) {
                DataKey drawn = new DataKey(key.id(), key.generation(), key.regime(), SecretBytes.random(KEY_BYTES));
                made.add(drawn);
                if (result.put(key.id(), drawn) != null) {
                    throw new IllegalArgumentException("two new keys for " + key.id());
                }
            }
            for (SealedKey existing : insertUnderCurrentKek(made, fresh.size())) {
                replace(result, existing);
            }
            return result;
        } catch (RuntimeException e) {
            made.forEach(DataKey::close);
            closeAll(result);
            throw e;
        }
    }

    /** What was drawn gives way to the key that is there; to none where that went in between. */
    private void replace(Map<UUID, DataKey> made, SealedKey existing) {
        DataKey drawn = made.remove(existing.id());
        DataKey there = openAll(List.of(existing), () -> read(Set.of(existing.id()), existing.generation()))
                .get(existing.id());
        if (there != null) {
            made.put(existing.id(), there);
        }
        if (drawn != null) {
            drawn.close();
            if (there != null && there.regime() != drawn.regime()) {
                throw new IllegalArgumentException("key " + there.id() + " exists under regime " + there.regime());
            }
        }
    }

    /**
     * The newest key of each id, in one query.
     *
     * @return by id; absent when shredded or unknown; the caller closes them
     */
    public Map<UUID, DataKey> open(Collection<UUID> ids) {
        return ids.isEmpty() ? Map.of() : openAll(() -> read(ids, null));
    }

    /** As {@link #open(Collection)}, of one generation. */
    public Map<UUID, DataKey> open(Collection<UUID> ids, int generation) {
        return ids.isEmpty() ? Map.of() : openAll(() -> read(ids, generation));
    }

    /** As {@link #open(Collection, int)}, those of the decoys that are asked for included: by the same work. */
    public Map<UUID, DataKey> open(Collection<UUID> ids, int generation, DecoyKeys decoys) {
        return ids.isEmpty()
                ? Map.of()
                : openAll(() -> {
                    List<SealedKey> found = read(ids, generation);
                    found.addAll(decoys.among(ids, generation, lease, this::seal));
                    return found;
                });
    }

    /**
     * Forgets the keys of a job.
     *
     * @return whether there was one
     * @throws IllegalArgumentException when the id's key is not under regime {@link KeyRegime#JOB}
     */
    public boolean drop(UUID job) {
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(DROP_JOB_KEY)) {
            statement.setObject(1, job);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getBoolean(1);
            }
        } catch (SQLException e) {
            if ("DK001".equals(e.getSQLState())) {
                throw new IllegalArgumentException("key " + job + " does not belong to a job", e);
            }
            throw KeyringErrors.unavailable(e);
        }
    }

    /** The named secret of 32 random bytes, made on first use. The caller closes it. */
    public SecretBytes secret(String name) {
        return secret(name, () -> SecretBytes.random(KEY_BYTES));
    }

    /**
     * The named secret, made on first use; of several instances that try at once one wins and all get the same. The
     * caller closes it.
     *
     * @param first makes the secret; used at most once and closed here
     * @throws KeysUnavailableException also when there is none and this role may not make it
     */
    public SecretBytes secret(String name, Supplier<SecretBytes> first) {
        return secrets.get(name, first);
    }

    /** The named secret, where there is one; none is made. The caller closes it. */
    public Optional<SecretBytes> existingSecret(String name) {
        return secrets.find(name);
    }

    DataSource dataSource() {
        return dataSource;
    }

    /** A named secret, and since when there is one. */
    public record SecretVersion(String name, Instant madeAt) {}

    /** The versions of a secret, the oldest first: the name itself, then the name with {@code -2}, {@code -3} and so on. */
    public List<SecretVersion> secretVersions(String name) {
        return secrets.versions(name);
    }

    /** A key-encryption key by its id, and since when there is one. */
    public record KekVersion(UUID id, Instant madeAt) {}

    /** The key-encryption keys of this keyring, the one for new keys first; without their lease. */
    public List<KekVersion> keks() {
        List<KekVersion> keks = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(KEKS)) {
            while (rows.next()) {
                keks.add(new KekVersion(
                        rows.getObject(1, UUID.class), rows.getTimestamp(2).toInstant()));
            }
        } catch (SQLException e) {
            throw KeyringErrors.unavailable(e);
        }
        return keks;
    }

    private List<SealedKey> seal(List<DataKey> keys) {
        return lease.use(keks -> {
            UUID kek = keks.currentId();
            SecretBytes wrapping = keks.get(kek);
            List<SealedKey> sealed = new ArrayList<>(keys.size());
            try (CobblestoneSession session = Cobblestone.session()) {
                for (DataKey key : keys) {
                    byte[] context = KeyContext.dataKey(key.id(), key.regime(), key.generation(), kek);
                    byte[] wrapped = KekCipher.seal(session, wrapping, context, key.key());
                    sealed.add(new SealedKey(key.id(), key.generation(), key.regime(), kek, wrapped));
                }
            }
            return sealed;
        });
    }

    /** The keys that were there already. The KEK may go while we are at it: then the keys are wrapped under the next. */
    private List<SealedKey> insertUnderCurrentKek(List<DataKey> keys, int fresh) {
        for (int attempt = 1; ; attempt++) {
            try {
                return insert(seal(keys), fresh);
            } catch (KekGoneException e) {
                e.orUnavailable(attempt);
                lease.renew();
            }
        }
    }

    private List<SealedKey> insert(List<SealedKey> keys, int fresh) {
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(CREATE)) {
            statement.setArray(
                    1, UuidArray.of(connection, keys.stream().map(SealedKey::id).toList()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "int4", keys.stream().map(SealedKey::generation).toArray(Integer[]::new)));
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "text",
                            keys.stream().map(key -> key.regime().name()).toArray(String[]::new)));
            statement.setObject(4, keys.getFirst().kek());
            statement.setArray(
                    5,
                    connection.createArrayOf(
                            "bytea", keys.stream().map(SealedKey::wrapped).toArray(byte[][]::new)));
            statement.setInt(6, fresh);
            return sealedKeys(statement);
        } catch (SQLException e) {
            if (fresh > 0 && UNIQUE_VIOLATION.equals(e.getSQLState())) {
                return insert(keys, 0); // not as fresh as they were said to be
            }
            throw KeyringErrors.notMade(e);
        }
    }

    private List<SealedKey> read(Collection<UUID> ids, @Nullable Integer generation) {
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement(generation == null ? OPEN_NEWEST : OPEN_GENERATION)) {
            statement.setArray(1, UuidArray.of(connection, ids));
            if (generation != null) {
                statement.setInt(2, generation);
            }
            return sealedKeys(statement);
        } catch (SQLException e) {
            throw KeyringErrors.unavailable(e);
        }
    }

    private static List<SealedKey> sealedKeys(PreparedStatement statement) throws SQLException {
        List<SealedKey> keys = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                keys.add(new SealedKey(
                        rows.getObject(1, UUID.class),
                        rows.getInt(2),
                        KeyRegime.valueOf(rows.getString(3)),
                        rows.getObject(4, UUID.class),
                        rows.getBytes(5)));
            }
        }
        return keys;
    }

    /** Opens what was read; when its KEK went since, the keyring was rewritten and is read again. */
    private Map<UUID, DataKey> openAll(List<SealedKey> read, Supplier<List<SealedKey>> again) {
        List<SealedKey> sealed = read;
        for (int attempt = 1; ; attempt++) {
            try {
                return open(sealed);
            } catch (KekGoneException e) {
                e.orTampered(attempt);
                sealed = again.get();
            }
        }
    }

    private Map<UUID, DataKey> openAll(Supplier<List<SealedKey>> read) {
        return openAll(read.get(), read);
    }

    private Map<UUID, DataKey> open(List<SealedKey> sealed) {
        Set<UUID> needed = new HashSet<>();
        UUID last = null;
        for (SealedKey key : sealed) {
            if (!key.kek().equals(last)) {
                last = key.kek();
                needed.add(last);
            }
        }
        Map<UUID, DataKey> opened = HashMap.newHashMap(sealed.size());
        try {
            return lease.use(needed, keks -> {
                try (CobblestoneSession session = Cobblestone.session()) {
                    for (SealedKey key : sealed) {
                        byte[] context = KeyContext.dataKey(key.id(), key.regime(), key.generation(), key.kek());
                        SecretBytes kek = keks.find(key.kek())
                                .orElseThrow(() -> new KekGoneException(key.id().toString()));
                        SecretBytes plain = KekCipher.open(session, kek, context, key.wrapped())
                                .orElseThrow(
                                        () -> new KeyTamperedException(key.id().toString()));
                        opened.put(key.id(), new DataKey(key.id(), key.generation(), key.regime(), plain));
                    }
                }
                return opened;
            });
        } catch (RuntimeException e) {
            closeAll(opened);
            throw e;
        }
    }

    private static void closeAll(Map<UUID, DataKey> keys) {
        keys.values().forEach(DataKey::close);
    }
}
