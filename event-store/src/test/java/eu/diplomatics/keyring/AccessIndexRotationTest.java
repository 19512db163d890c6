package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.custodian.Ceremony;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.AccessIndexRotation.NotThereException;
import eu.diplomatics.keyring.AccessIndexVersions.State;
import eu.diplomatics.keyring.AccessIndexVersions.Version;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R16: the access log's index keys rotate; the registry asks for a version, and the query side says whether it is there. */
class AccessIndexRotationTest {
    private static final Insz PERSON = Examples.insz(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Clock.systemUTC().instant().plus(ahead.get());
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor();
    private KeyringFixture fixture;
    private Keyring keyring;
    private AccessIndexVersions versions;
    private AccessIndexVersions querySide;
    private AccessIndexCheck check;
    private BlindIndex index;

    @BeforeEach
    void open() {
        fixture = KeyringFixture.create(directory);
        keyring = fixture.keyring("registry");
        keyring.secret("index-k1").close();
        versions = new AccessIndexVersions(keyring, clock);
        Keyring querys = fixture.keyring("query");
        HttpsCustodian custodian = fixture.custodian().client("query");
        querySide = new AccessIndexVersions(querys, clock);
        check = new AccessIndexCheck(querys, custodian, querySide);
        index = new BlindIndex(querys, custodian);
    }

    @AfterEach
    void close() throws Exception {
        looking.shutdownNow();
        assertThat(looking.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        fixture.close();
    }

    private void aQueryServiceLooks() {
        var unused = looking.scheduleWithFixedDelay(
                () -> {
                    try {
                        check.look();
                    } catch (KeysUnavailableException e) {
                        // the custodian is away for its ceremony: the next look tells
                    }
                },
                50,
                50,
                TimeUnit.MILLISECONDS);
    }

    private void newCustodianKey() {
        fixture.custodian().stop();
        Ceremony.newAccessLogIndex(fixture.custodian().configuration());
        fixture.custodian().resume();
    }

    private AccessIndexRotation rotation() {
        return new AccessIndexRotation(keyring, versions, PATIENCE);
    }

    private void rotate() {
        newCustodianKey();
        rotation().run(rotation().next(), new DeadlyWatch(0));
    }

    private List<State> states() {
        return versions.read().stream().map(Version::state).toList();
    }

    private byte[] value(int version) {
        return index.of(IndexTerm.accessLog(PERSON, version)).value();
    }

    @Test
    void aNewVersionIsSearchedAtOnceAndWrittenWhenEverybodyKnowsIt() {
        aQueryServiceLooks();
        assertThat(querySide.active()).isEqualTo(1);
        rotate();
        assertThat(states()).containsExactly(State.CONFIRMED, State.CONFIRMED);
        assertThat(querySide.searched()).containsExactly(1, 2);
        ahead.set(Duration.ofMinutes(1));
        assertThat(querySide.active()).isEqualTo(1);
        ahead.set(Duration.ofMinutes(3));
        assertThat(querySide.active()).isEqualTo(2);
        assertThat(value(2)).isNotEqualTo(value(1));
        try (SecretBytes first = keyring.secret("index-k1");
                SecretBytes second = keyring.secret("access-log-index-k1-2")) {
            assertThat(second.reveal()).as("both halves are new").isNotEqualTo(first.reveal());
        }
    }

    @Test
    void whileTheCustodianLacksItsHalfItSaysSoAndTheOldVersionStays() {
        aQueryServiceLooks();
        for (int again = 0; again < 2; again++) {
            assertNotThere("KEY_UNKNOWN");
            assertThat(states()).containsExactly(State.CONFIRMED, State.WITHDRAWN);
        }
        newCustodianKey();
        check.look();
        ahead.set(Duration.ofDays(1));
        assertThat(querySide.active()).as("nobody asks for it any more").isEqualTo(1);
        rotation().run(rotation().next(), new DeadlyWatch(0));
        assertThat(states()).as("and no third one").containsExactly(State.CONFIRMED, State.CONFIRMED);
    }

    private void assertNotThere(String finding) {
        assertThatThrownBy(() -> rotation().run(rotation().next(), new DeadlyWatch(0)))
                .isInstanceOfSatisfying(NotThereException.class, e -> {
                    assertThat(e.finding()).isEqualTo(finding);
                    assertThat(e.custodianKey()).isEqualTo("access-log-index-2");
                });
    }

    @Test
    void withoutAQueryServiceNobodyHasLooked() {
        newCustodianKey();
        assertThatThrownBy(() ->
                        new AccessIndexRotation(keyring, versions, Duration.ofMillis(300)).run(2, new DeadlyWatch(0)))
                .isInstanceOfSatisfying(
                        NotThereException.class, e -> assertThat(e.finding()).isEqualTo("NOBODY_LOOKED"));
        assertThat(querySide.searched()).containsExactly(1);
    }

    @Test
    void aCustodianThatIsAwayIsNamed() {
        fixture.custodian().stop();
        aQueryServiceLooks();
        assertNotThere("NO_ANSWER");
        assertThat(querySide.searched()).containsExactly(1);
    }

    @Test
    void sitesThatDifferAreNamedAndNeitherIsUsed() {
        check = new AccessIndexCheck(
                fixture.keyring("query"),
                label -> {
                    throw new IndexKeysDifferException(label);
                },
                querySide);
        aQueryServiceLooks();
        assertNotThere("SITES_DIFFER");
        assertThat(querySide.searched()).containsExactly(1);
    }

    @Test
    void withoutTheRegistrysHalfNothingIsConfirmed() {
        newCustodianKey();
        versions.call("SELECT keyring.ask_access_index(?)", 2);
        check.look();
        assertThat(versions.read().getLast().finding()).isEqualTo("OUR_HALF_MISSING");
        assertThat(states()).containsExactly(State.CONFIRMED, State.ASKED);
    }

    @Test
    void theRegistryMayNotUseTheCustodiansHalf() {
        HttpsCustodian registrys = fixture.custodian().client("registry");
        assertThatThrownBy(() -> registrys.requireIndexKey("access-log-index"))
                .isInstanceOfSatisfying(
                        CustodianRefusalException.class,
                        e -> assertThat(e.code()).isEqualTo("KEY_NOT_ALLOWED"));
        new AccessIndexCheck(keyring, registrys, versions).look();
        assertThat(states()).containsExactly(State.CONFIRMED);
    }

    @Test
    void killedAtAnyStepItGoesOnWhereItWasWithTheSameVersion() {
        aQueryServiceLooks();
        newCustodianKey();
        int version = rotation().next();
        int killed = 0;
        for (int at = 1; ; at++) {
            try {
                rotation().run(version, new DeadlyWatch(at));
                break;
            } catch (Killed e) {
                killed++;
                assertThat(querySide.active()).isEqualTo(1);
                assertThat(querySide.searched()).startsWith(1);
            }
        }
        assertThat(killed).isGreaterThanOrEqualTo(2);
        assertThat(states()).containsExactly(State.CONFIRMED, State.CONFIRMED);
        rotation().run(version, new DeadlyWatch(0));
        assertThat(states()).as("whose end was not noted").hasSize(2);
        assertThat(keyring.secretVersions(AccessIndexVersions.OUR_HALF)).hasSize(1);
    }

    @Test
    void anOldVersionEndsWithItsLastRowAndThenOurHalfGoes() {
        aQueryServiceLooks();
        rotate();
        rotate();
        List<Integer> withRows = List.of(1);
        check.end(version -> false);
        assertThat(states()).as("somebody may still write under it").doesNotContain(State.ENDED);

        administrator("UPDATE keyring.access_index SET confirmed_at = confirmed_at - interval '2 hours'");
        check.end(withRows::contains);
        assertThat(states()).containsExactly(State.CONFIRMED, State.ENDED, State.CONFIRMED);
        assertThat(querySide.searched()).containsExactly(1, 3);
        assertThat(retired("access-log-index-k1-2")).isTrue();
        assertThat(retired("access-log-index-k1-3")).as("the newest").isFalse();
        check.end(version -> false);
        assertThat(states()).as("never the newest").containsExactly(State.ENDED, State.ENDED, State.CONFIRMED);
        assertThat(rotation().next()).isEqualTo(4);
    }

    private boolean retired(String version) {
        try (Connection connection = fixture.connect("rekeyer");
                var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT keyring.retire_secret('access-log-index-k1', '" + version + "')")) {
            row.next();
            return row.getBoolean(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void administrator(String sql) {
        try (Connection connection = fixture.administrator();
                var statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Dies at its nth step; at none for 0. */
    private static final class DeadlyWatch implements RotationWatch {
        private final int at;
        private final AtomicInteger calls = new AtomicInteger();

        DeadlyWatch(int at) {
            this.at = at;
        }

        @Override
        public void step(String name) {
            progress(0, 0);
        }

        @Override
        public void progress(long done, long total) {
            if (calls.incrementAndGet() == at) {
                throw new Killed();
            }
        }
    }
}
