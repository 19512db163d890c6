package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.SecretBytes;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The keyring is copied under a new KEK while services work, and every key opens afterwards. */
class KeyringRewriteTest {
    @TempDir
    Path directory;

    private KeyringFixture fixture;
    private Keyring keyring;
    private KeyringRewrite rewrite;

    @BeforeEach
    void open() {
        fixture = KeyringFixture.create(directory);
        keyring = fixture.keyring("registry");
        rewrite = new KeyringRewrite(
                fixture.dataSource("rekeyer"), fixture.custodian().client("registry"), InstantSource.system());
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void everyKeyAndSecretOpensUnderTheNewKekAndTheOldTablesAreGone() throws Exception {
        Map<UUID, byte[]> keys = make(25_000, KeyRegime.STATUTORY);
        byte[] secret = reveal(keyring.secret("reference-key"));
        UUID before = keyring.keks().getFirst().id();
        long oldTable = number("SELECT 'keyring.data_key'::regclass::oid::bigint");

        KeyringRewrite.Outcome outcome = rewrite.run(RotationWatch.NOBODY);

        assertThat(outcome.keys()).isEqualTo(25_000);
        assertThat(keyring.keks())
                .singleElement()
                .satisfies(kek -> assertThat(kek.id()).isEqualTo(outcome.kek()).isNotEqualTo(before));
        assertThat(number("SELECT count(*) FROM keyring.data_key WHERE kek_id <> '" + outcome.kek() + "'"))
                .isZero();
        assertThat(number("SELECT count(*) FROM keyring.secret WHERE kek_id <> '" + outcome.kek() + "'"))
                .isZero();
        assertThat(number("SELECT count(*) FROM pg_class WHERE oid = " + oldTable))
                .isZero();
        assertThat(number("SELECT count(*) FROM pg_class WHERE relname LIKE '%next%' AND relkind IN ('r', 'i')"))
                .isZero();
        assertOpens(keyring, keys);
        assertOpens(fixture.keyring("query"), keys);
        assertThat(reveal(keyring.secret("reference-key"))).isEqualTo(secret);
        assertThat(reveal(fixture.keyring("registry").secret("reference-key"))).isEqualTo(secret);
    }

    @Test
    void servicesThatHoldTheOldKekLearnTheNewOneByThemselves() {
        Keyring query = fixture.keyring("query");
        Map<UUID, byte[]> keys = make(3, KeyRegime.ERASABLE);
        assertOpens(query, keys);
        byte[] seal = reveal(query.secret("access-log-seal"));

        rewrite.run(RotationWatch.NOBODY);

        assertOpens(query, keys);
        assertThat(reveal(query.secret("access-log-seal"))).isEqualTo(seal);
        Map<UUID, byte[]> more = make(3, KeyRegime.ERASABLE);
        assertOpens(query, more);
        assertThat(reveal(keyring.secret("made-after"))).hasSize(32);
    }

    @Test
    void rightsAndPoliciesOfTheNewTablesAreThoseOfTheOld() throws Exception {
        List<String> before = rights();
        assertThat(before)
                .anyMatch(right -> right.contains("query_reads"))
                .anyMatch(right -> right.contains("wrapped"));

        rewrite.run(RotationWatch.NOBODY);

        assertThat(rights()).isEqualTo(before);
    }

    @Test
    void aShreddedKeyThatAnAdministratorPutsBackIsLeftOut() throws Exception {
        UUID stream = make(1, KeyRegime.ERASABLE).keySet().iterator().next();
        shredWithoutItsKey(stream);

        rewrite.run(RotationWatch.NOBODY);

        assertThat(keyring.open(List.of(stream))).isEmpty();
        assertThatThrownBy(() -> keyring.create(List.of(NewKey.first(stream, KeyRegime.ERASABLE))))
                .isInstanceOf(KeysUnavailableException.class);
    }

    @Test
    void aKeyMadeInTheMomentItsStreamIsShreddedDoesNotOutliveTheRewrite() throws Exception {
        UUID stream = make(1, KeyRegime.ERASABLE).keySet().iterator().next();

        // neither transaction saw the other, and the rewrite has read before both what is shredded
        rewrite.run(meanwhile("swap", () -> shredWithoutItsKey(stream)));

        assertThat(keyring.open(List.of(stream))).isEmpty();
    }

    @Test
    void aRewriteThatBeganBeforeAShreddingDoesNotCountForIt() throws Exception {
        UUID stream = make(1, KeyRegime.ERASABLE).keySet().iterator().next();

        rewrite.run(meanwhile("copy", () -> execute("""
                INSERT INTO keyring.shredding (stream, tombstone, kind, reason_code, legal_basis, asked_at)
                VALUES ('%1$s', gen_random_uuid(), 'ERASURE', 'REQUESTED', 'test', now());
                SELECT keyring.shred('%1$s', now())""".formatted(stream))));

        assertThat(keyring.open(List.of(stream))).isEmpty();
        assertThat(number("SELECT rewrites FROM keyring.shredding"))
                .as("what it copied first has the key")
                .isZero();
        rewrite.run(RotationWatch.NOBODY);
        assertThat(number("SELECT rewrites FROM keyring.shredding")).isEqualTo(1);
    }

    private interface Doing {
        void run() throws SQLException;
    }

    private static RotationWatch meanwhile(String step, Doing doing) {
        return new RotationWatch() {
            @Override
            public void step(String name) {
                if (name.equals(step)) {
                    try {
                        doing.run();
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        };
    }

    private void shredWithoutItsKey(UUID stream) throws SQLException {
        execute("""
                INSERT INTO keyring.shredding
                    (stream, tombstone, kind, reason_code, legal_basis, asked_at, shredded_at, after_rewrite)
                VALUES ('%s', gen_random_uuid(), 'ERASURE', 'REQUESTED', 'test', now(), now(), 0)""".formatted(stream));
    }

    @Test
    void aKeyThatDoesNotOpenStopsTheRewriteAndNothingIsSwapped() throws Exception {
        Map<UUID, byte[]> keys = make(20, KeyRegime.STATUTORY);
        UUID broken = keys.keySet().iterator().next();
        execute("UPDATE keyring.data_key SET wrapped = set_byte(wrapped, 60, get_byte(wrapped, 60) # 1) WHERE id = '"
                + broken + "'");
        assertThatThrownBy(() -> rewrite.run(RotationWatch.NOBODY))
                .isInstanceOfSatisfying(
                        KeyTamperedException.class, e -> assertThat(e.key()).isEqualTo(broken.toString()));
        execute("UPDATE keyring.data_key SET wrapped = set_byte(wrapped, 60, get_byte(wrapped, 60) # 1) WHERE id = '"
                + broken + "'");

        rewrite.run(RotationWatch.NOBODY);

        assertOpens(keyring, keys);
    }

    @ParameterizedTest
    @ValueSource(strings = {"begun", "copy", "chunk 1", "chunk 2", "catch up", "swap", "locked", "swapped", "done"})
    void aRewriteThatLosesItsConnectionAtAnyStepIsTakenUpAndEveryKeyOpens(String at) throws Exception {
        assertResumes(at, () -> {
            try {
                execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kr_rekeyer'"
                        + " AND datname = current_database()");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"begun", "chunk 1", "catch up", "locked", "swapped"})
    void aRewriteThatIsStoppedAtAnyStepIsTakenUpAndEveryKeyOpens(String at) throws Exception {
        assertResumes(at, () -> {
            throw new IllegalStateException("stop");
        });
    }

    private void assertResumes(String at, Runnable fault) throws SQLException {
        Map<UUID, byte[]> keys = make(25_000, KeyRegime.STATUTORY);
        UUID job = make(1, KeyRegime.JOB).keySet().iterator().next();
        AtomicBoolean struck = new AtomicBoolean();
        AtomicInteger chunks = new AtomicInteger();
        RotationWatch faulty = new RotationWatch() {
            @Override
            public void step(String name) {
                if (name.equals(at) && struck.compareAndSet(false, true)) {
                    keys.putAll(at.equals("locked") || at.equals("swapped") ? Map.of() : make(2, KeyRegime.ERASABLE));
                    fault.run();
                }
            }

            @Override
            public void progress(long done, long total) {
                step("chunk " + chunks.incrementAndGet());
            }
        };
        try {
            rewrite.run(faulty);
        } catch (KeysUnavailableException | IllegalStateException e) {
            assertThat(e).isNotInstanceOf(KeyTamperedException.class);
        }
        assertThat(struck).isTrue();
        assertOpens(keyring, keys);
        keyring.drop(job);
        keys.putAll(make(2, KeyRegime.ERASABLE));

        // the pool still gives away connections that were ended with the other
        Awaitility.await()
                .ignoreException(KeysUnavailableException.class)
                .until(() -> rewrite.run(RotationWatch.NOBODY) != null);

        assertThat(number("SELECT count(*) FROM keyring.rewrite WHERE state <> 'DONE'"))
                .isZero();
        assertThat(number("SELECT count(*) FROM keyring.data_key")).isEqualTo(keys.size());
        assertThat(keyring.keks()).hasSize(1);
        assertThat(keyring.open(List.of(job))).isEmpty();
        assertOpens(keyring, keys);
        assertOpens(fixture.keyring("query"), keys);
    }

    @Test
    void nothingIsLostAndNothingComesBackWhileServicesMakeOpenAndDropKeysDuringRewrites() throws Exception {
        make(5_000, KeyRegime.STATUTORY);
        Keyring query = fixture.keyring("query");
        HolderIndex index =
                new HolderIndex(new BlindIndex(keyring, fixture.custodian().client("registry")), keyring);
        Map<UUID, byte[]> alive = new ConcurrentHashMap<>();
        List<UUID> dropped = new CopyOnWriteArrayList<>();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        AtomicBoolean ended = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Random random = new Random(i);
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    while (!ended.get()) {
                        Map<UUID, byte[]> made = make(1 + random.nextInt(20), KeyRegime.ERASABLE);
                        alive.putAll(made);
                        UUID job = make(1, KeyRegime.JOB).keySet().iterator().next();
                        assertOpens(query, made);
                        assertThat(keyring.drop(job)).isTrue();
                        dropped.add(job);
                        List<UUID> some = alive.keySet().stream().limit(50).toList();
                        Map<UUID, DataKey> opened = query.open(some);
                        assertThat(opened.keySet()).containsAll(some);
                        opened.values().forEach(DataKey::close);
                        keyring.secret("secret-" + random.nextInt(50)).close();
                        IndexTerm term =
                                IndexTerm.holder("kul", UUID.randomUUID().toString());
                        UUID holder = UUID.randomUUID();
                        assertThat(index.claim(List.of(new HolderIndex.Claim(term, holder, null))))
                                .containsEntry(term, holder);
                    }
                } catch (Throwable e) {
                    failures.add(e);
                }
            }));
        }
        try {
            for (int i = 0; i < 4; i++) {
                rewrite.run(RotationWatch.NOBODY);
            }
        } finally {
            ended.set(true);
            for (Thread thread : threads) {
                assertThat(thread.join(Duration.ofSeconds(60))).isTrue();
            }
        }
        assertThat(failures).isEmpty();
        assertThat(alive).isNotEmpty();
        assertOpens(fixture.keyring("query"), alive);
        assertThat(keyring.open(dropped)).isEmpty();
        assertThat(number("SELECT count(*) FROM keyring.data_key")).isEqualTo(5_000 + alive.size());
        assertThat(number("SELECT count(DISTINCT kek_id) FROM keyring.data_key"))
                .isEqualTo(1);
    }

    /** Makes keys and returns a copy of each. */
    private Map<UUID, byte[]> make(int count, KeyRegime regime) {
        Map<UUID, byte[]> made = new HashMap<>();
        for (int from = 0; from < count; from += 5_000) {
            List<NewKey> keys = IntStream.range(from, Math.min(count, from + 5_000))
                    .mapToObj(i -> NewKey.first(UUID.randomUUID(), regime))
                    .toList();
            keyring.create(keys).forEach((id, key) -> made.put(id, reveal(key.key())));
        }
        return made;
    }

    private static void assertOpens(Keyring keyring, Map<UUID, byte[]> keys) {
        Map<UUID, DataKey> opened = keyring.open(keys.keySet());
        assertThat(opened.keySet()).isEqualTo(keys.keySet());
        opened.forEach((id, key) ->
                assertThat(Arrays.equals(reveal(key.key()), keys.get(id))).isTrue());
    }

    private static byte[] reveal(SecretBytes secret) {
        try (secret) {
            return secret.reveal().clone();
        }
    }

    /** Who may do what with the two tables, and which rows they see; without the ids of the tables. */
    private List<String> rights() throws SQLException {
        return Stream.of("data_key", "secret")
                .flatMap(table -> rows("""
                        SELECT 'table ' || (SELECT string_agg(r::text, ',' ORDER BY r::text) FROM unnest(c.relacl) r)
                               || c.relrowsecurity || c.relforcerowsecurity
                               || pg_get_userbyid(c.relowner) || obj_description(c.oid, 'pg_class')
                        FROM pg_class c WHERE c.oid = 'keyring.%1$s'::regclass
                        UNION ALL
                        SELECT 'column ' || a.attname || a.attnotnull || format_type(a.atttypid, a.atttypmod)
                               || coalesce(a.attacl::text, '') || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
                        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                        WHERE a.attrelid = 'keyring.%1$s'::regclass AND a.attnum > 0
                        UNION ALL
                        SELECT 'policy ' || p.policyname || p.permissive || p.roles::text || p.cmd
                               || coalesce(p.qual, '') || coalesce(p.with_check, '')
                        FROM pg_policies p WHERE p.schemaname = 'keyring' AND p.tablename = '%1$s'
                        UNION ALL
                        SELECT 'constraint ' || c.conname || pg_get_constraintdef(c.oid)
                        FROM pg_constraint c WHERE c.conrelid = 'keyring.%1$s'::regclass
                        UNION ALL
                        SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'keyring' AND tablename = '%1$s'
                        ORDER BY 1""".formatted(table)).stream())
                .toList();
    }

    private List<String> rows(String query) {
        List<String> found = new ArrayList<>();
        try (Connection connection = fixture.administrator();
                ResultSet rows = connection.createStatement().executeQuery(query)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return found;
    }

    private long number(String query) {
        return Long.parseLong(rows(query).getFirst());
    }

    private void execute(String statement) throws SQLException {
        try (Connection connection = fixture.administrator()) {
            connection.createStatement().execute(statement);
        }
    }
}
