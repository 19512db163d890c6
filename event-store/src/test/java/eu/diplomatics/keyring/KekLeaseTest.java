package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.KekSource.Kek;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KekLeaseTest {
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final UUID FIRST = new UUID(0, 1);
    private static final UUID SECOND = new UUID(0, 2);

    private final AdjustableClock clock = new AdjustableClock();
    private final List<UUID> keks = new ArrayList<>(List.of(FIRST));
    private final List<SecretBytes> handedOut = new ArrayList<>();
    private Duration answerTakes = Duration.ZERO;
    private boolean down;
    private int fetches;
    private final KekLease lease = new KekLease(this::fetch, TTL, clock);

    @BeforeEach
    void take() {
        lease.tick();
    }

    @AfterEach
    void close() {
        lease.close();
    }

    @Test
    void isRenewedAtHalfItsTimeAndNotBefore() {
        clock.advance(TTL.dividedBy(2).minusSeconds(1));
        lease.tick();
        assertThat(fetches).isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        lease.tick();
        assertThat(fetches).isEqualTo(2);
        assertThat(lease.endsAt()).isEqualTo(clock.instant().plus(TTL));
    }

    @Test
    void goesOnWithoutCustodianUntilItsEndThenFailsClosedAndRecoversByItself() {
        down = true;
        clock.advance(TTL.minusNanos(1));
        lease.tick();
        assertThat(currentId()).isEqualTo(FIRST);

        clock.advance(Duration.ofNanos(1));
        assertThatThrownBy(this::currentId)
                .as("the background need not have noticed yet")
                .isInstanceOf(KeysUnavailableException.class);
        lease.tick();
        assertThat(handedOut).allSatisfy(KekLeaseTest::assertForgotten);
        assertThatThrownBy(this::currentId).isInstanceOf(KeysUnavailableException.class);

        down = false;
        lease.tick();
        assertThat(currentId()).isEqualTo(FIRST);
    }

    @Test
    void startsEndedWhereTheCustodianDoesNotAnswer() {
        down = true;
        try (KekLease late = new KekLease(this::fetch, TTL, clock)) {
            late.tick();
            assertThat(late.isValid()).isFalse();
            assertThatThrownBy(() -> late.use(KekLease.Keks::currentId)).isInstanceOf(KeysUnavailableException.class);
            down = false;
            late.tick();
            assertThat(late.isValid()).isTrue();
        }
    }

    @Test
    void aSlowAnswerDoesNotLengthenIt() {
        answerTakes = Duration.ofMinutes(4);
        var before = clock.instant();
        lease.renew();
        assertThat(lease.endsAt()).isEqualTo(before.plus(TTL));
    }

    @Test
    void aClockSetBackDoesNotLengthenItWithoutEnd() {
        down = true;
        clock.advance(TTL.negated());
        assertThatThrownBy(this::currentId).isInstanceOf(KeysUnavailableException.class);
    }

    @Test
    void aKeyThatCameUpLaterIsFetchedWhenItIsNeeded() {
        keks.addFirst(SECOND);
        assertThat(currentId()).isEqualTo(FIRST);
        int size = lease.use(Set.of(SECOND), held -> held.get(SECOND).sizeBytes());
        assertThat(size).isEqualTo(32);
        assertThat(currentId()).isEqualTo(SECOND);
    }

    @Test
    void aKeyThatIsNotThereIsAskedForOnceUntilTheNextRenewalOnSchedule() {
        for (int i = 0; i < 3; i++) {
            assertThat(lease.<Boolean>use(
                            Set.of(FIRST, SECOND),
                            held -> held.find(SECOND).isEmpty()
                                    && held.find(FIRST).isPresent()))
                    .isTrue();
        }
        assertThat(fetches).isEqualTo(2);

        keks.addFirst(SECOND);
        clock.advance(TTL.dividedBy(2));
        lease.tick();
        assertThat(lease.<Boolean>use(Set.of(SECOND), held -> held.find(SECOND).isPresent()))
                .isTrue();
        keks.remove(SECOND);
        lease.renew();
        assertThat(lease.<Boolean>use(Set.of(SECOND), held -> held.find(SECOND).isEmpty()))
                .as("asked for anew after a renewal on schedule")
                .isTrue();
    }

    @Test
    void aKeyIsNotCalledMissingWhileTheCustodianDoesNotAnswer() {
        down = true;
        assertThatThrownBy(() -> lease.use(Set.of(SECOND), held -> held.find(SECOND)))
                .isInstanceOf(KeysUnavailableException.class);
        keks.addFirst(SECOND);
        down = false;
        assertThat(lease.<Boolean>use(Set.of(SECOND), held -> held.find(SECOND).isPresent()))
                .isTrue();
    }

    @Test
    void aKeyThatWentIsForgottenAtTheNextRenewal() {
        keks.addFirst(SECOND);
        lease.renew();
        keks.remove(FIRST);
        lease.renew();
        assertThatThrownBy(() -> lease.use(Set.of(FIRST), held -> held.get(FIRST)))
                .isInstanceOf(KeysUnavailableException.class);
        assertThat(handedOut.getFirst()).satisfies(KekLeaseTest::assertForgotten);
    }

    @Test
    void closingOverwritesTheKeys() {
        lease.close();
        assertThat(handedOut).allSatisfy(KekLeaseTest::assertForgotten);
        assertThatThrownBy(lease::renew).isInstanceOf(KeysUnavailableException.class);
        assertThat(handedOut).as("nor does a late answer bring them back").allSatisfy(KekLeaseTest::assertForgotten);
    }

    private UUID currentId() {
        return lease.use(KekLease.Keks::currentId);
    }

    private List<Kek> fetch() {
        fetches++;
        clock.advance(answerTakes);
        if (down) {
            throw new KeysUnavailableException("down");
        }
        return keks.stream()
                .map(id -> {
                    SecretBytes key = SecretBytes.random(32);
                    handedOut.add(key);
                    return new Kek(id, key);
                })
                .toList();
    }

    private static void assertForgotten(SecretBytes key) {
        assertThatThrownBy(key::reveal).isInstanceOf(IllegalStateException.class);
    }
}
