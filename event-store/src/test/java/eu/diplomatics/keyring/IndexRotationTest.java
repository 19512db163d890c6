package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.custodian.Ceremony;
import eu.diplomatics.keyring.HolderIndex.Claim;
import eu.diplomatics.keyring.IndexRotation.Terms;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.HolderIdentity.ByName;
import eu.diplomatics.qualification.NameKey;
import eu.diplomatics.qualification.PartialDate;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Index keys rotate while everybody goes on, and no number ever gets two holders (R16, L11). */
class IndexRotationTest {
    private static final int MAX_ATTEMPTS = 100;

    @TempDir
    Path directory;

    private KeyringFixture fixture;
    private Keyring keyring;
    private BlindIndex blind;
    private HolderIndex index;
    /** Held for reading from a claim until the log knows of it. */
    private final ReentrantReadWriteLock underWay = new ReentrantReadWriteLock(true);

    /** What the log would say of holders. */
    private final Map<UUID, Terms> identities = new ConcurrentHashMap<>();

    @BeforeEach
    void open() {
        fixture = KeyringFixture.create(directory);
        keyring = fixture.keyring("registry");
        blind = new BlindIndex(keyring, fixture.custodian().client("registry"));
        index = new HolderIndex(blind, keyring);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private void newCustodianKey() {
        fixture.custodian().stop();
        Ceremony.newHolderIndex(fixture.custodian().configuration());
        fixture.custodian().resume();
    }

    private IndexRotation rotation() {
        return new IndexRotation(
                keyring,
                blind,
                holders -> {
                    Map<UUID, Terms> known = new HashMap<>(identities);
                    known.keySet().retainAll(holders);
                    return known;
                },
                () -> {
                    underWay.writeLock().lock();
                    underWay.writeLock().unlock();
                });
    }

    private static IndexTerm person(int number) {
        return IndexTerm.holder(Examples.insz(number));
    }

    /** Claimed, and then in the log. */
    private Map<IndexTerm, UUID> registered(int from, int count) {
        Map<IndexTerm, UUID> holders = index.claim(IntStream.range(from, from + count)
                .mapToObj(i -> new Claim(person(i), UUID.randomUUID(), null))
                .toList());
        holders.forEach((term, holder) -> identities.put(holder, new Terms(term, null)));
        return holders;
    }

    private long count(String sql) {
        try (Connection connection = fixture.administrator();
                var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<IndexTerm> terms(Map<IndexTerm, UUID> holders) {
        return List.copyOf(holders.keySet());
    }

    @Test
    void afterwardsEverybodyIsFoundUnderTheNewVersionAndNothingIsLeftOfTheOld() {
        Map<IndexTerm, UUID> holders = registered(0, 1_200);
        HolderIndex querySide = new HolderIndex(
                new BlindIndex(fixture.keyring("query"), fixture.custodian().client("query")),
                fixture.keyring("query"));
        assertThat(querySide.find(terms(holders))).isEqualTo(holders);
        newCustodianKey();

        rotation().run(UUID.randomUUID(), RotationWatch.NOBODY);

        assertThat(rotation().current()).isEqualTo(2);
        assertThat(index.find(terms(holders))).isEqualTo(holders);
        assertThat(querySide.find(terms(holders)))
                .as("an instance that knew only the old version")
                .isEqualTo(holders);
        assertThat(count("SELECT count(*) FROM keyring.holder_claim WHERE version = 1"))
                .isZero();
        assertThat(registered(0, 1_200)).isEqualTo(holders);
        assertThat(count("SELECT count(*) FROM keyring.holder_claim")).isEqualTo(1_200);
    }

    @Test
    void aSecondRotationFollowsTheFirst() {
        Map<IndexTerm, UUID> holders = registered(0, 20);
        newCustodianKey();
        rotation().run(UUID.randomUUID(), RotationWatch.NOBODY);
        newCustodianKey();
        rotation().run(UUID.randomUUID(), RotationWatch.NOBODY);
        assertThat(rotation().current()).isEqualTo(3);
        assertThat(index.find(terms(holders))).isEqualTo(holders);
    }

    @Test
    void theDatabaseDoesNotSwitchWhileClaimsAreBehindTheBackfill() throws SQLException {
        Map<IndexTerm, UUID> holders = registered(0, 3);
        UUID operation = UUID.randomUUID();
        try (Connection connection = fixture.dataSource("registry").getConnection();
                var statement = connection.createStatement()) {
            statement.execute("SELECT keyring.begin_index_rotation('" + operation + "', 2)");
            statement.execute("SELECT keyring.end_index_rotation('" + operation + "')");
        }
        assertThat(rotation().current()).isEqualTo(1);
        newCustodianKey();
        rotation().run(operation, RotationWatch.NOBODY);
        assertThat(rotation().current()).isEqualTo(2);
        assertThat(index.find(terms(holders))).isEqualTo(holders);
    }

    @Test
    void whatTheCustodianMadeOfAKnownValueAtFirstStaysKnownToEverybody() {
        byte[] first = new byte[32];
        byte[] other = first.clone();
        other[0] = 1;
        IndexProbes registry = new KeyringIndexProbes(fixture.dataSource("registry"));
        IndexProbes query = new KeyringIndexProbes(fixture.dataSource("query"));
        assertThat(query.find("holder-index-9")).isEmpty();
        assertThat(registry.keep("holder-index-9", first)).isEqualTo(first);
        assertThat(query.keep("holder-index-9", other)).isEqualTo(first);
        assertThat(query.find("holder-index-9")).contains(first);
    }

    @Test
    void withoutTheCustodiansNewKeyNothingBegins() {
        Map<IndexTerm, UUID> holders = registered(0, 3);
        assertThatThrownBy(() -> rotation().run(UUID.randomUUID(), RotationWatch.NOBODY))
                .isInstanceOf(KeyRefusedException.class);
        assertThat(count("SELECT epoch FROM keyring.index_state")).isEqualTo(1);
        assertThat(index.find(terms(holders))).isEqualTo(holders);
    }

    @Test
    void killedAtAnyStepItGoesOnWhereItWasAndNobodyIsLost() {
        Map<IndexTerm, UUID> holders = registered(0, 1_600);
        newCustodianKey();
        UUID operation = UUID.randomUUID();
        int killed = 0;
        for (int at = 1; ; at++) {
            int stop = at;
            AtomicInteger calls = new AtomicInteger();
            RotationWatch deadly = new RotationWatch() {
                @Override
                public void step(String name) {
                    progress(0, 0);
                }

                @Override
                public void progress(long done, long total) {
                    if (calls.incrementAndGet() == stop) {
                        throw new Killed();
                    }
                }
            };
            try {
                rotation().run(operation, deadly);
                break;
            } catch (Killed e) {
                killed++;
                assertThat(index.find(terms(holders))).isEqualTo(holders);
                holders.putAll(registered(2_000 + at, 1));
            }
        }
        assertThat(killed).isGreaterThan(4);
        assertThat(rotation().current()).isEqualTo(2);
        assertThat(index.find(terms(holders))).isEqualTo(holders);
        assertThat(count("SELECT count(*) FROM keyring.holder_claim WHERE version = 1"))
                .isZero();
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void sixteenThreadsOnTheSamePeopleNeverGetTwoHoldersForOneNumberHoweverOftenKeysRotate() throws Exception {
        int people = 60;
        Map<IndexTerm, UUID> first = new ConcurrentHashMap<>();
        registered(0, people / 2).forEach(first::put);
        AtomicBoolean rotating = new AtomicBoolean(true);
        try (ExecutorService executor = Executors.newFixedThreadPool(16)) {
            List<Future<Integer>> claimants = new ArrayList<>();
            for (int thread = 0; thread < 16; thread++) {
                HolderIndex own = new HolderIndex(blind, keyring);
                claimants.add(executor.submit(() -> claimAgainAndAgain(own, people, rotating, first)));
            }
            try {
                for (int round = 0; round < 3; round++) {
                    newCustodianKey();
                    untilDone(UUID.randomUUID());
                }
            } finally {
                rotating.set(false);
            }
            int claims = 0;
            for (Future<Integer> claimant : claimants) {
                claims += claimant.get();
            }
            assertThat(claims).isGreaterThan(100);
        }
        assertThat(rotation().current()).isEqualTo(4);
        assertThat(index.find(IntStream.range(0, people)
                        .mapToObj(IndexRotationTest::person)
                        .toList()))
                .isEqualTo(first);
        assertThat(count("SELECT count(*) FROM keyring.holder_claim")).isEqualTo(people);
        assertThat(count("SELECT count(DISTINCT holder) FROM keyring.holder_claim"))
                .isEqualTo(people);
    }

    private void untilDone(UUID operation) {
        for (int attempt = 1; ; attempt++) {
            try {
                rotation().run(operation, RotationWatch.NOBODY);
                return;
            } catch (KeysUnavailableException e) {
                // taken up again, as the runner does
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private int claimAgainAndAgain(HolderIndex own, int people, AtomicBoolean rotating, Map<IndexTerm, UUID> first) {
        int claims = 0;
        while (rotating.get()) {
            List<Claim> some = ThreadLocalRandom.current()
                    .ints(8, 0, people)
                    .distinct()
                    .mapToObj(i -> new Claim(person(i), UUID.randomUUID(), null))
                    .toList();
            underWay.readLock().lock();
            try {
                own.claim(some).forEach((term, holder) -> {
                    identities.put(holder, new Terms(term, null));
                    UUID before = first.putIfAbsent(term, holder);
                    assertThat(before).as("one holder for one number").isIn(null, holder);
                });
                claims++;
            } catch (KeysUnavailableException e) {
                // the custodian is away, or the versions changed: again
            } finally {
                underWay.readLock().unlock();
            }
        }
        return claims;
    }

    @Test
    void aRowThatLeadsToSomebodyElseEndsTheRotationBeforeTheSwitch() {
        Map<IndexTerm, UUID> holders = registered(0, 2);
        List<UUID> two = List.copyOf(holders.values());
        administrator("""
                UPDATE keyring.holder_claim
                   SET holder = CASE holder WHEN '%1$s'::uuid THEN '%2$s'::uuid ELSE '%1$s'::uuid END
                """.formatted(two.getFirst(), two.getLast()));
        newCustodianKey();
        UUID operation = UUID.randomUUID();
        assertThatThrownBy(() -> rotation().run(operation, RotationWatch.NOBODY))
                .isInstanceOf(KeyTamperedException.class);
        assertThat(rotation().current()).isEqualTo(1);
    }

    private void administrator(String sql) {
        try (Connection connection = fixture.administrator();
                var statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aClaimThatNeverCameToAnythingEndsWithItsVersion() {
        IndexTerm nobody = person(1);
        UUID left = Objects.requireNonNull(
                index.claim(List.of(new Claim(nobody, UUID.randomUUID(), null))).get(nobody));
        newCustodianKey();
        rotation().run(UUID.randomUUID(), RotationWatch.NOBODY);
        assertThat(index.find(List.of(nobody))).isEmpty();
        assertThat(index.claim(List.of(new Claim(nobody, UUID.randomUUID(), null)))
                        .get(nobody))
                .isNotEqualTo(left);
    }

    @Test
    void namesAreFoundBeforeWhileAndAfterKeysRotateAndGivenToOlderHoldersByTheWay() {
        ByName older = new ByName("Van den Berg", "José María", new PartialDate(1988, 2, null), "A-1");
        ByName newer = new ByName("VANDENBERG", "Jose", new PartialDate(1988, 2, 17), "B-2");
        UUID first = named(older, null);
        UUID second = named(newer, IndexTerm.holder(NameKey.of(newer)));
        assertThat(index.named(names(newer))).containsExactly(second);
        newCustodianKey();
        rotation().run(UUID.randomUUID(), RotationWatch.NOBODY);
        assertThat(index.named(names(newer))).contains(first, second);
        assertThat(count("SELECT count(*) FROM keyring.holder_name WHERE version = 1"))
                .isZero();
    }

    private UUID named(ByName holder, @Nullable IndexTerm name) {
        IndexTerm term = IndexTerm.holder("kul", holder.localNumber());
        UUID id = Objects.requireNonNull(
                index.claim(List.of(new Claim(term, UUID.randomUUID(), name))).get(term));
        identities.put(id, new Terms(term, IndexTerm.holder(NameKey.of(holder))));
        return id;
    }

    private static List<IndexTerm> names(ByName like) {
        return NameKey.candidates(like.familyName(), like.givenNames(), like.birthDate()).stream()
                .map(IndexTerm::holder)
                .toList();
    }
}
