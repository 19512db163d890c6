package eu.diplomatics.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    @ParameterizedTest
    @CsvSource({
        "2026-11-22T06:00:00Z, 2026-11-22T06:00:00.000000Z",
        "2026-11-22T06:00:00.1Z, 2026-11-22T06:00:00.100000Z",
        "2026-11-22T06:00:00.123456789Z, 2026-11-22T06:00:00.123456Z",
        "1999-01-01T00:00:00Z, 1999-01-01T00:00:00.000000Z"
    })
    void always_six_digits(Instant instant, String text) {
        assertThat(Times.format(instant)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T06:00:00.123456Z, 2026-11-22T06:00:00.123456Z",
        "2026-11-22T07:00:00+01:00, 2026-11-22T06:00:00Z",
        "2026-11-22T06:00:00.123456789Z, 2026-11-22T06:00:00.123456Z"
    })
    void reads_any_offset_and_cuts_off_what_the_log_does_not_know(String text, Instant instant) {
        assertThat(Times.parse(text)).isEqualTo(instant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2026-11-22", "2026-11-22T06:00:00", "2026-13-22T06:00:00Z", "now"})
    void refuses_what_is_no_time(String text) {
        assertThatThrownBy(() -> Times.parse(text)).isInstanceOf(DateTimeException.class);
    }

    @Test
    void reads_what_it_wrote() {
        Instant instant = Instant.parse("2026-11-22T06:00:00.000001Z");
        assertThat(Times.parse(Times.format(instant))).isEqualTo(instant);
    }
}
