package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.envelope.SecretBytes;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** On a real database and a real custodian. */
class KeyringTest {
    @TempDir
    Path directory;

    private KeyringFixture fixture;
    private Keyring keyring;

    @BeforeEach
    void open() {
        fixture = KeyringFixture.create(directory);
        keyring = fixture.keyring("registry");
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Nested
    class DataKeys {
        @Test
        void areOpenedByAnotherServiceAsTheyWereMade() {
            List<NewKey> wanted = IntStream.range(0, 500)
                    .mapToObj(
                            i -> NewKey.first(UUID.randomUUID(), i % 2 == 0 ? KeyRegime.STATUTORY : KeyRegime.ERASABLE))
                    .toList();
            Map<UUID, DataKey> made = keyring.create(wanted);
            Map<UUID, DataKey> opened = fixture.keyring("query").open(made.keySet());
            assertThat(opened.keySet()).isEqualTo(made.keySet());
            wanted.forEach(key -> {
                DataKey there = Objects.requireNonNull(opened.get(key.id()));
                assertThat(there.regime()).isEqualTo(key.regime());
                assertThat(bytes(there)).isEqualTo(bytes(made.get(key.id())));
            });
            assertThat(made.values().stream()
                            .map(key -> Arrays.hashCode(key.key().reveal())))
                    .doesNotHaveDuplicates();
        }

        @Test
        void areMadeOncePerGenerationHoweverOftenAsked() {
            UUID id = UUID.randomUUID();
            UUID other = UUID.randomUUID();
            byte[] first = bytes(keyring.create(List.of(NewKey.first(id, KeyRegime.STATUTORY)))
                    .get(id));
            Map<UUID, DataKey> again = keyring.create(
                    List.of(NewKey.first(other, KeyRegime.STATUTORY), NewKey.first(id, KeyRegime.STATUTORY)));
            assertThat(bytes(again.get(id))).isEqualTo(first);
            assertThat(bytes(again.get(other))).isNotEqualTo(first);
            byte[] next = bytes(keyring.create(List.of(new NewKey(id, 2, KeyRegime.STATUTORY)))
                    .get(id));
            assertThat(next).isNotEqualTo(first);
            assertThat(bytes(keyring.open(List.of(id), 1).get(id))).isEqualTo(first);
            assertThat(bytes(keyring.open(List.of(id)).get(id)))
                    .as("the newest")
                    .isEqualTo(next);
        }

        @Test
        void ofIdsThatAreFreshAreMadeWithTheOthersAndAreThoseThatAreThereWhereTheyAreNot() {
            UUID fresh = UUID.randomUUID();
            UUID known = UUID.randomUUID();
            byte[] before = bytes(keyring.create(List.of(NewKey.first(known, KeyRegime.ERASABLE)))
                    .get(known));
            Map<UUID, DataKey> made = keyring.create(
                    List.of(NewKey.first(fresh, KeyRegime.STATUTORY)),
                    List.of(NewKey.first(known, KeyRegime.ERASABLE)));
            assertThat(bytes(made.get(known))).isEqualTo(before);
            Map<UUID, DataKey> opened = fixture.keyring("query").open(made.keySet());
            assertThat(bytes(opened.get(fresh))).isEqualTo(bytes(made.get(fresh)));

            UUID other = UUID.randomUUID();
            Map<UUID, DataKey> again = keyring.create(
                    List.of(NewKey.first(other, KeyRegime.STATUTORY), NewKey.first(fresh, KeyRegime.STATUTORY)),
                    List.of());
            assertThat(bytes(again.get(fresh))).isEqualTo(bytes(made.get(fresh)));
            assertThat(bytes(keyring.open(List.of(other)).get(other))).isEqualTo(bytes(again.get(other)));
        }

        @Test
        void keepTheirRegime() {
            UUID id = UUID.randomUUID();
            keyring.create(List.of(NewKey.first(id, KeyRegime.STATUTORY)));
            assertThatThrownBy(() -> keyring.create(List.of(NewKey.first(id, KeyRegime.ERASABLE))))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void thatAreUnknownAreAbsent() {
            assertThat(keyring.open(List.of(UUID.randomUUID()))).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "UPDATE keyring.data_key SET id = '00000000-0000-0000-0000-00000000000f'",
                    "UPDATE keyring.data_key SET generation = 2",
                    "UPDATE keyring.data_key SET regime = 'ERASABLE'",
                    "UPDATE keyring.data_key SET kek_id = '00000000-0000-0000-0000-00000000000d'",
                    "UPDATE keyring.data_key SET wrapped = set_byte(wrapped, 40, get_byte(wrapped, 40) # 1)",
                    "WITH copy AS (INSERT INTO keyring.kek (id, wrapped, created_at) SELECT '00000000-0000-0000-0000-00000000000e', wrapped, created_at - interval '1 day' FROM keyring.kek) UPDATE keyring.data_key SET kek_id = '00000000-0000-0000-0000-00000000000e'"
                })
        void movedByAnAdministratorDoNotOpen(String movement) throws Exception {
            UUID id = UUID.randomUUID();
            keyring.create(List.of(NewKey.first(id, KeyRegime.STATUTORY)));
            administrator(movement);
            UUID asked = movement.contains("SET id") ? UUID.fromString("00000000-0000-0000-0000-00000000000f") : id;
            assertThatThrownBy(() -> keyring.open(List.of(asked)))
                    .isInstanceOfSatisfying(
                            KeyTamperedException.class, e -> assertThat(e.key()).isEqualTo(asked.toString()));
        }

        @Test
        void ofTwoStreamsExchangedByAnAdministratorDoNotOpen() throws Exception {
            UUID one = UUID.randomUUID();
            UUID two = UUID.randomUUID();
            keyring.create(List.of(NewKey.first(one, KeyRegime.STATUTORY), NewKey.first(two, KeyRegime.STATUTORY)));
            administrator(
                    "UPDATE keyring.data_key a SET wrapped = b.wrapped FROM keyring.data_key b WHERE a.id <> b.id");
            assertThatThrownBy(() -> keyring.open(List.of(one))).isInstanceOf(KeyTamperedException.class);
        }

        @Test
        void ofJobsAreDroppedAndOthersAreNot() {
            UUID job = UUID.randomUUID();
            UUID diploma = UUID.randomUUID();
            keyring.create(List.of(NewKey.first(job, KeyRegime.JOB), NewKey.first(diploma, KeyRegime.STATUTORY)));
            assertThat(fixture.keyring("query").open(List.of(job)))
                    .as("not the query side's")
                    .isEmpty();
            assertThat(keyring.drop(job)).isTrue();
            assertThat(keyring.drop(job)).isFalse();
            assertThat(keyring.open(List.of(job, diploma))).containsOnlyKeys(diploma);
            assertThatThrownBy(() -> keyring.drop(diploma)).isInstanceOf(IllegalArgumentException.class);
            assertThat(keyring.open(List.of(diploma))).containsOnlyKeys(diploma);
        }

        @Test
        void askedForAtOnceByManyAreTheSameForAll() throws Exception {
            List<UUID> ids =
                    IntStream.range(0, 40).mapToObj(i -> UUID.randomUUID()).toList();
            List<Map<UUID, byte[]>> results = atOnce(16, () -> {
                List<UUID> shuffled = new ArrayList<>(ids);
                Collections.shuffle(shuffled);
                Map<UUID, byte[]> keys = new HashMap<>();
                keyring.create(shuffled.stream()
                                .map(id -> NewKey.first(id, KeyRegime.STATUTORY))
                                .toList())
                        .forEach((id, key) -> keys.put(id, bytes(key)));
                return keys;
            });
            for (UUID id : ids) {
                assertThat(results.stream().map(result -> HexFormat.of().formatHex(result.get(id))))
                        .containsOnly(
                                HexFormat.of().formatHex(results.getFirst().get(id)));
            }
        }
    }

    @Nested
    class Secrets {
        @Test
        void areMadeOnceByWhoeverIsFirst() throws Exception {
            List<Keyring> instances = IntStream.range(0, 4)
                    .mapToObj(i -> fixture.keyring("registry"))
                    .toList();
            Random random = new Random(1);
            List<String> values = atOnce(16, () -> {
                try (SecretBytes secret = instances.get(random.nextInt(4)).secret("reference-key")) {
                    return HexFormat.of().formatHex(secret.reveal());
                }
            });
            assertThat(new HashSet<>(values)).hasSize(1);
        }

        @Test
        void movedToAnotherNameDoNotOpen() throws Exception {
            keyring.secret("reference-key").close();
            administrator("UPDATE keyring.secret SET name = 'other-key' WHERE name = 'reference-key'");
            assertThatThrownBy(() -> keyring.secret("other-key")).isInstanceOf(KeyTamperedException.class);
        }

        @Test
        void areSeenByTheQuerySideOnlyWhereItNeedsThem() {
            keyring.secret("reference-key").close();
            Keyring query = fixture.keyring("query");
            try (SecretBytes ours = keyring.secret("index-k1");
                    SecretBytes theirs = query.secret("index-k1")) {
                assertThat(theirs.reveal()).isEqualTo(ours.reveal());
            }
            query.secret("access-log-seal").close();
            assertThatThrownBy(() -> query.secret("reference-key")).isInstanceOf(KeysUnavailableException.class);
            assertThatThrownBy(() -> query.secret("not-yet")).isInstanceOf(KeysUnavailableException.class);
        }
    }

    @Nested
    class Keks {
        @Test
        void areMadeOnceByManyInstancesThatStartAtOnce() throws Exception {
            try (KeyringFixture fresh = KeyringFixture.create(directory.resolve("fresh"))) {
                List<KekLease> leases = atOnce(8, () -> fresh.lease("registry"));
                Set<UUID> ids = new HashSet<>();
                leases.forEach(lease -> ids.add(lease.use(KekLease.Keks::currentId)));
                assertThat(ids).hasSize(1);
                try (Connection connection = fresh.connect("registry");
                        var statement = connection.createStatement();
                        var rows = statement.executeQuery("SELECT count(*) FROM keyring.kek")) {
                    rows.next();
                    assertThat(rows.getInt(1)).isEqualTo(1);
                }
            }
        }

        @Test
        void areNotMadeByTheQuerySideWhichRecoversOnceTheRegistryMadeThem() throws Exception {
            try (KeyringFixture fresh = KeyringFixture.create(directory.resolve("fresh"))) {
                KekLease early = fresh.lease("query");
                assertThat(early.isValid()).isFalse();
                fresh.lease("registry");
                await().atMost(Duration.ofSeconds(60)).until(early::isValid);
            }
        }

        @Test
        void movedToAnotherIdAreRefusedByTheCustodian() throws Exception {
            administrator("UPDATE keyring.kek SET id = gen_random_uuid()");
            KekLease lease = fixture.lease("registry");
            assertThat(lease.isValid()).isFalse();
            assertThatThrownBy(lease::renew)
                    .isInstanceOf(KeysUnavailableException.class)
                    .hasMessageContaining("UNWRAP_FAILED");
        }

        @Test
        void thatDoNotUnwrapAnyMoreCostTheirOwnKeysOnly() throws Exception {
            UUID under = UUID.randomUUID();
            UUID beside = UUID.randomUUID();
            keyring.create(
                    List.of(NewKey.first(under, KeyRegime.STATUTORY), NewKey.first(beside, KeyRegime.STATUTORY)));
            UUID broken = UUID.randomUUID();
            administrator("INSERT INTO keyring.kek (id, wrapped, created_at) SELECT '" + broken
                    + "', wrapped, created_at - interval '1 day' FROM keyring.kek");
            administrator("INSERT INTO keyring.kek (id, wrapped, created_at) "
                    + "SELECT gen_random_uuid(), '{}', created_at - interval '1 day' FROM keyring.kek LIMIT 1");
            administrator("UPDATE keyring.data_key SET kek_id = '" + broken + "' WHERE id = '" + under + "'");
            Keyring fresh = fixture.keyring("registry");
            assertThat(fresh.open(List.of(beside))).containsOnlyKeys(beside);
            assertThatThrownBy(() -> fresh.open(List.of(under))).isInstanceOf(KeyTamperedException.class);
            assertThat(fresh.create(List.of(NewKey.first(UUID.randomUUID(), KeyRegime.STATUTORY))))
                    .hasSize(1);
        }

        @Test
        void ofAStoppedCustodianServeUntilTheLeaseEndsAndComeBackByThemselves() {
            AdjustableClock clock = new AdjustableClock();
            UUID id = UUID.randomUUID();
            keyring.create(List.of(NewKey.first(id, KeyRegime.STATUTORY)));
            try (KekLease lease = KekLease.start(
                    fixture.dataSource("registry"),
                    fixture.custodian().client("registry"),
                    Duration.ofMinutes(15),
                    clock)) {
                Keyring leased = new Keyring(fixture.dataSource("registry"), lease);
                fixture.custodian().stop();
                clock.advance(Duration.ofMinutes(14));
                assertThat(leased.open(List.of(id))).containsOnlyKeys(id);

                clock.advance(Duration.ofMinutes(2));
                assertThatThrownBy(() -> leased.open(List.of(id))).isInstanceOf(KeysUnavailableException.class);
                assertThatThrownBy(() -> leased.create(List.of(NewKey.first(id, KeyRegime.STATUTORY))))
                        .isInstanceOf(KeysUnavailableException.class);
                assertThatThrownBy(() -> leased.secret("index-k1")).isInstanceOf(KeysUnavailableException.class);

                fixture.custodian().resume();
                await().atMost(Duration.ofSeconds(60)).until(lease::isValid);
                assertThat(leased.open(List.of(id))).containsOnlyKeys(id);
            }
        }
    }

    @Test
    void aDatabaseThatDoesNotAnswerMeansKeysUnavailable() throws Exception {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        try (ServerSocket taken = new ServerSocket(0)) {
            nowhere.setUrl("jdbc:postgresql://127.0.0.1:" + taken.getLocalPort()
                    + "/keyring?connectTimeout=2&socketTimeout=2");
        }
        Keyring unreachable = new Keyring(nowhere, fixture.lease("registry"));
        assertThatThrownBy(() -> unreachable.open(List.of(UUID.randomUUID())))
                .isInstanceOf(KeysUnavailableException.class);
    }

    private static byte[] bytes(@Nullable DataKey key) {
        return Objects.requireNonNull(key).key().reveal().clone();
    }

    private void administrator(String sql) throws SQLException {
        try (Connection connection = fixture.administrator();
                var statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isPositive();
        }
    }

    private static <T> List<T> atOnce(int threads, Callable<T> work) throws InterruptedException, ExecutionException {
        CyclicBarrier start = new CyclicBarrier(threads);
        try (var executor = Executors.newFixedThreadPool(threads)) {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(executor.submit(() -> {
                    start.await();
                    return work.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        }
    }
}
