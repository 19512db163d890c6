package eu.diplomatics.timestamp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.timestamp.TimeStampException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 3161 against a real authority. */
class TimeStampsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");
    private static final byte[] CONTENT = "a checkpoint".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OTHER = "another one".getBytes(StandardCharsets.UTF_8);

    private final TestTimeStampAuthority authority = TestTimeStampAuthority.start(NOW);

    @AfterEach
    void close() {
        authority.close();
    }

    @Test
    void a_stamp_says_when_the_content_was_seen_and_by_whom() {
        byte[] token = token();
        assertThat(stamps().verify(CONTENT, token)).isEqualTo(new TimeStamps.Stamped(NOW, "CN=Test authority"));
    }

    @Test
    void a_stamp_over_something_else_is_refused() {
        assertRefused(Reason.OTHER_CONTENT, () -> stamps().verify(OTHER, token()));
    }

    @Test
    void an_answer_to_another_question_is_refused() {
        byte[] reply = authority.reply(stamps().query(CONTENT).toBytes());
        assertRefused(Reason.OTHER_CONTENT, () -> stamps().query(CONTENT).token(reply));
    }

    @Test
    void an_authority_that_refuses_is_told_apart() {
        authority.refuse();
        assertRefused(Reason.NOT_GRANTED, this::token);
    }

    @Test
    void a_stamp_of_an_authority_that_is_not_trusted_is_refused() {
        byte[] token = token();
        try (TestTimeStampAuthority other = TestTimeStampAuthority.start(NOW)) {
            assertRefused(
                    Reason.CERTIFICATE_UNKNOWN, () -> new TimeStamps(List.of(other.root())).verify(CONTENT, token));
        }
    }

    @Test
    void a_stamp_under_an_expired_certificate_is_refused() {
        authority.setTime(NOW.plus(Duration.ofDays(400)));
        assertRefused(Reason.CERTIFICATE_EXPIRED, this::token);
    }

    @Test
    void a_certificate_for_something_else_is_refused() throws Exception {
        try (TestTimeStampAuthority other =
                new TestTimeStampAuthority(NOW, Duration.ofDays(1), KeyPurposeId.id_kp_serverAuth)) {
            assertRefused(Reason.CERTIFICATE_PURPOSE, () -> TimeStamps.checkPurpose(other.certificate()));
            assertRefused(Reason.CERTIFICATE_PURPOSE, () -> TimeStamps.checkPurpose(other.root()));
        }
    }

    @Test
    void a_stamp_of_which_any_byte_was_changed_is_refused() {
        byte[] token = token();
        for (int i = 0; i < token.length; i += 7) {
            byte[] changed = token.clone();
            changed[i] ^= 1;
            try {
                assertThat(stamps().verify(CONTENT, changed))
                        .as("byte " + i)
                        .isEqualTo(stamps().verify(CONTENT, token));
            } catch (TimeStampException e) {
                assertThat(e.reason()).isNotNull();
            }
        }
    }

    @Test
    void what_is_no_token_is_refused() {
        assertRefused(Reason.UNREADABLE, () -> stamps().verify(CONTENT, new byte[0]));
        assertRefused(Reason.UNREADABLE, () -> stamps().verify(CONTENT, CONTENT));
        assertRefused(Reason.UNREADABLE, () -> stamps().query(CONTENT).token(CONTENT));
        assertThatThrownBy(() -> TimeStamps.trusting(CONTENT)).isInstanceOf(IllegalArgumentException.class);
    }

    private TimeStamps stamps() {
        return new TimeStamps(List.of(authority.root()));
    }

    private byte[] token() {
        TimeStamps.Query query = stamps().query(CONTENT);
        return query.token(authority.reply(query.toBytes()));
    }

    private static void assertRefused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TimeStampException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
