package eu.diplomatics.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.timestamp.TestTimeStampAuthority;
import eu.diplomatics.timestamp.TimeStamps;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checkpoints and a real time-stamp authority, reached over HTTP. */
class TimeStamperTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private SealingFixture log;
    private TestTimeStampAuthority authority;

    @BeforeEach
    void open() {
        log = SealingFixture.create();
        authority = TestTimeStampAuthority.start(now.get());
    }

    @AfterEach
    void close() {
        authority.close();
        log.close();
    }

    @Test
    void the_newest_checkpoint_is_stamped_once_an_hour() throws SQLException {
        try (TimeStamper stamper = stamper(authority.uri())) {
            stamper.stamp();
            assertThat(stamper.state()).as("nothing is sealed yet").isEqualTo(new TimeStamper.State(0, ""));
            log.append(10);
            log.seal();
            stamper.stamp();
            assertThat(stamper.state()).isEqualTo(new TimeStamper.State(10, ""));
            log.append(10);
            log.seal();
            stamper.stamp();
            assertThat(stamper.state().size()).as("within the hour").isEqualTo(10);
            now.updateAndGet(time -> time.plus(Duration.ofMinutes(61)));
            stamper.stamp();
            assertThat(stamper.state().size()).isEqualTo(20);
        }
        try (Connection connection = log.logAsReader().getConnection()) {
            Checkpoints checkpoints = new Checkpoints(connection, "eventstore");
            byte[] note = checkpoints.ofSize(10).orElseThrow().note();
            byte[] token = checkpoints.stampAtLeast(1).orElseThrow().token();
            assertThat(new TimeStamps(List.of(authority.root()))
                            .verify(note, token)
                            .authority())
                    .isEqualTo("CN=Test authority");
        }
    }

    @Test
    void an_authority_that_is_away_refuses_or_has_an_expired_certificate_stamps_nothing_and_is_asked_again()
            throws SQLException {
        log.append(10);
        log.seal();
        try (TimeStamper nobody = stamper(URI.create("http://127.0.0.1:1/"))) {
            nobody.stamp();
            assertThat(nobody.state()).isEqualTo(new TimeStamper.State(0, "UNREACHABLE"));
        }
        try (TimeStamper stamper = stamper(authority.uri())) {
            authority.setTime(Instant.now().plus(Duration.ofDays(400)));
            stamper.stamp();
            assertThat(stamper.state().trouble()).startsWith("CERTIFICATE_EXPIRED: stamped at ");
            authority.setTime(now.get());
            stamper.stamp();
            assertThat(stamper.state()).isEqualTo(new TimeStamper.State(10, ""));
        }
    }

    private TimeStamper stamper(URI uri) {
        return new TimeStamper(
                log.logAsSealer(),
                "eventstore",
                uri,
                new TimeStamps(List.of(authority.root())),
                Duration.ofHours(1),
                now::get);
    }
}
