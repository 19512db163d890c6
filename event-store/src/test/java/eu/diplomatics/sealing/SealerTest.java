package eu.diplomatics.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.sealing.SealingException.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** When leaves are sealed, and what is said when they are not. */
class SealerTest {
    private static final Duration MAX_DELAY = Duration.ofMinutes(2);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private final InstantSource clock = now::get;
    private final AtomicBoolean keysAway = new AtomicBoolean();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private SealingFixture log;
    private Sealer sealer;

    @BeforeEach
    void open() {
        log = SealingFixture.create();
        sealer = sealer(Duration.ofHours(1));
        logged.start();
        ((Logger) LoggerFactory.getLogger(Sealer.class)).addAppender(logged);
    }

    @AfterEach
    void close() {
        ((Logger) LoggerFactory.getLogger(Sealer.class)).detachAppender(logged);
        sealer.close();
        log.close();
    }

    @Test
    void a_leaf_that_waits_longer_than_two_minutes_is_an_alarm_until_it_is_sealed() {
        log.append(3);
        keysAway.set(true);
        assertThat(sealer.round()).isFalse();
        assertThat(sealer.state().overdue()).isFalse();
        assertThat(sealer.state().waiting()).isEqualTo(3);

        // the events have the database's time: later than that of this test by what it took to get here
        now.updateAndGet(time -> time.plus(MAX_DELAY).plus(MAX_DELAY));
        sealer.round();
        assertThat(sealer.state().overdue()).isTrue();
        sealer.round();
        assertThat(alarms()).singleElement().asString().startsWith("ALARM MERGE_DELAY: registry.example/events/1");

        keysAway.set(false);
        assertThat(sealer.round()).isTrue();
        assertThat(sealer.state().overdue()).isFalse();
        assertThat(sealer.state().size()).isEqualTo(3);
    }

    @Test
    void a_log_that_could_not_be_looked_at_for_so_long_is_an_alarm_too() {
        sealer.round();
        assertThat(sealer.state().overdue()).isFalse();
        now.updateAndGet(time -> time.plus(MAX_DELAY).plusSeconds(1));
        assertThat(sealer.state().overdue()).isTrue();
    }

    @Test
    void what_is_wrong_with_the_log_is_told_once_and_sealing_goes_on_by_itself_when_it_is_mended() throws SQLException {
        log.append(10);
        assertThat(sealer.round()).isTrue();
        log.asSuperuser("UPDATE eventstore.event SET version = 2 WHERE position = 10");
        sealer.round();
        sealer.round();
        assertThat(sealer.state().halted()).contains(Reason.LEAF_CHANGED);
        assertThat(sealer.state().where()).contains("position 10");
        assertThat(alarms())
                .singleElement()
                .asString()
                .startsWith("ALARM LOG_NOT_SEALED: registry.example/events/1 LEAF_CHANGED: position 10");

        log.asSuperuser("UPDATE eventstore.event SET version = 1 WHERE position = 10");
        log.append(1);
        assertThat(sealer.round()).isTrue();
        assertThat(sealer.state().halted()).isEmpty();
        assertThat(sealer.state().size()).isEqualTo(11);
    }

    @Test
    void many_leaves_are_not_kept_waiting_for_the_interval() {
        sealer.start();
        log.append(99);
        sealer.grown(99);
        log.append(1);
        sealer.grown(100);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(sealer.state().size()).isEqualTo(100));
    }

    @Test
    void leaves_are_sealed_at_the_interval() {
        sealer.close();
        sealer = sealer(Duration.ofMillis(100));
        sealer.start();
        log.append(1);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(sealer.state().size()).isEqualTo(1));
    }

    private Sealer sealer(Duration interval) {
        LogSealer sealing = new LogSealer(
                log.logAsSealer(),
                new EventLeaves(),
                log.memory(),
                SealingFixture.ORIGIN,
                SealingFixture.one(this::seed));
        return new Sealer(sealing, new Sealer.Settings(interval, 100, MAX_DELAY), clock, () -> {});
    }

    private SecretBytes seed() {
        if (keysAway.get()) {
            throw new KeysUnavailableException("the lease is over");
        }
        return SecretBytes.copyOf(new byte[32]);
    }

    private List<String> alarms() {
        return logged.list.stream()
                .filter(event -> event.getMarkerList() != null
                        && event.getMarkerList().stream()
                                .anyMatch(marker -> marker.getName().equals("ALARM")))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
