package eu.diplomatics.generation;

import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.EventStoreFixture;
import eu.diplomatics.eventstore.PostgresEventLog;
import eu.diplomatics.eventstore.PostgresEventReader;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.eventstore.Units;
import eu.diplomatics.generation.Reencryption.Steps;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeyringFixture;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A log with a real keyring, whose events have bodies of every size class. */
public final class GenerationFixture implements AutoCloseable {
    private static final int[] SIZES = {40, 700, 1_900, 3_000, 17_000, 300};

    public final EventStoreFixture store;
    public final KeyringFixture keys;
    public final Keyring keyring;
    public final PostgresEventLog log;
    public final PostgresEventReader reader;
    /** What shredding wrote down. */
    public final Set<UUID> shredded = ConcurrentHashMap.newKeySet();

    private final EventSealer sealer = new EventSealer();

    private GenerationFixture(PostgresInstance postgres, Path directory) {
        store = EventStoreFixture.create(postgres);
        keys = KeyringFixture.create(directory, postgres);
        keyring = keys.keyring("registry");
        log = store.openLog();
        reader = store.openReader();
    }

    public static GenerationFixture create(Path directory) {
        return new GenerationFixture(TestServices.postgres(), directory);
    }

    public static GenerationFixture create(Path directory, PostgresInstance postgres) {
        return new GenerationFixture(postgres, directory);
    }

    public Reencryption reencryption() {
        return new Reencryption(store.dataSource("rekeyer"), generationKeys());
    }

    Reencryption reencryption(int page, Steps steps) {
        return reencryption(page, Pace.FULL, steps);
    }

    Reencryption reencryption(int page, Pace pace, Steps steps) {
        return new Reencryption(store.dataSource("rekeyer"), generationKeys(), page, pace, steps);
    }

    private GenerationKeys generationKeys() {
        return GenerationKeys.of(keyring, this::among);
    }

    private Set<UUID> among(Collection<UUID> streams) {
        Set<UUID> found = new HashSet<>(streams);
        found.retainAll(shredded);
        return found;
    }

    /** A new stream with one event; its body starts with its stream's id. */
    public UUID append(int generation) {
        UUID stream = UUID.randomUUID();
        Units.places(Units.append(log, List.of(unit(stream, 1, 40, generation))).getFirst());
        return stream;
    }

    public AppendUnit unit(UUID stream, long version, int size, int generation) {
        Map<UUID, DataKey> made = keyring.create(List.of(new NewKey(stream, generation, KeyRegime.STATUTORY)));
        try (DataKey key = made.values().iterator().next()) {
            return new AppendUnit(UUID.randomUUID(), List.of(sealed(stream, version, size, key)), List.of());
        }
    }

    /** Streams of one to three events, of all sizes. */
    public List<UUID> fill(int streams) {
        List<UUID> made = new ArrayList<>();
        List<NewKey> wanted = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            UUID stream = UUID.randomUUID();
            made.add(stream);
            wanted.add(NewKey.first(stream, i % 2 == 0 ? KeyRegime.STATUTORY : KeyRegime.ERASABLE));
        }
        Map<UUID, DataKey> opened = keyring.create(wanted);
        List<AppendUnit> units = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            DataKey key = opened.get(made.get(i));
            if (key == null) {
                throw new IllegalStateException("no key");
            }
            for (int version = 1; version <= 1 + i % 3; version++) {
                SealedEvent event = sealed(made.get(i), version, SIZES[(i + version) % SIZES.length], key);
                units.add(new AppendUnit(UUID.randomUUID(), List.of(event), List.of()));
            }
        }
        opened.values().forEach(DataKey::close);
        Units.append(log, units).forEach(Units::places);
        return made;
    }

    private SealedEvent sealed(UUID stream, long version, int size, DataKey key) {
        byte[] body = Units.random(size);
        ByteBuffer.wrap(body).putLong(stream.getMostSignificantBits()).putLong(stream.getLeastSignificantBits());
        return sealer.seal(new EventContext(stream, version, Units.TYPE, 1), stream, body, key, List.of(), false);
    }

    public List<StoredEvent> stored() {
        List<StoredEvent> all = new ArrayList<>();
        long position = 0;
        for (List<StoredEvent> page = reader.after(0, 500); !page.isEmpty(); page = reader.after(position, 500)) {
            all.addAll(page);
            position = page.getLast().position();
        }
        return all;
    }

    /** Every event's body, by position: what must be the same under any generation. */
    public Map<Long, String> bodies() {
        Map<Long, String> bodies = new TreeMap<>();
        for (StoredEvent event : stored()) {
            bodies.put(event.position(), body(event));
        }
        return bodies;
    }

    /** In words where it cannot be opened. */
    public String body(StoredEvent event) {
        UUID stream = event.context().stream();
        Map<UUID, DataKey> opened = keyring.open(List.of(stream), event.keyGeneration());
        DataKey key = opened.get(stream);
        if (key == null) {
            return "no key";
        }
        try (key) {
            return java.util.HexFormat.of().formatHex(sealer.open(event, key));
        }
    }

    /** What a host with superuser rights could do. */
    public int asHost(String sql, Object... parameters) throws SQLException {
        try (Connection connection = store.connectAsOwner()) {
            return execute(connection, sql, parameters);
        }
    }

    /** What the keyring's own administrator could do. */
    public int atKeyring(String sql, Object... parameters) throws SQLException {
        try (Connection connection = keys.administrator()) {
            return execute(connection, sql, parameters);
        }
    }

    private static int execute(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            return statement.executeUpdate();
        }
    }

    @Override
    public void close() throws Exception {
        store.close();
        keys.close();
    }
}
