package eu.diplomatics.qualification;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A partial date")
class PartialDateTest {
    @ParameterizedTest
    @ValueSource(strings = {"1800", "2019", "2019-06", "2019-06-28", "2020-02-29", "2199-12-31"})
    void is_written_as_it_was_read(String text) {
        assertThat(PartialDate.parse(text))
                .hasValueSatisfying(date -> assertThat(date).hasToString(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "19",
                "02019",
                "1799",
                "2200",
                "2019-6",
                "2019-13",
                "2019-00",
                "2019-02-29",
                "2019-06-31",
                "2019-06-2",
                "2019-06-281",
                "2019-06-28T00:00",
                "2019-06/28",
                "2019-0a-28",
                "2019 06",
                "+201-06",
                "2019/06/28",
                "28-06-2019",
                "٢٠١٩",
                " 2019"
            })
    void is_of_the_calendar_and_of_one_shape(String text) {
        assertThat(PartialDate.parse(text)).isEmpty();
    }

    @Test
    void is_in_the_future_only_when_no_day_of_it_can_be_past() {
        LocalDate today = LocalDate.of(2026, 11, 22);
        assertThat(Stream.of("2027", "2026-12", "2026-11-23").map(PartialDateTest::date))
                .allMatch(date -> date.isAfter(today));
        assertThat(Stream.of("2026", "2026-11", "2026-11-22", "1999").map(PartialDateTest::date))
                .noneMatch(date -> date.isAfter(today));
    }

    @Test
    void comes_before_the_more_exact_ones_it_may_stand_for() {
        List<PartialDate> order = Stream.of("2018-12-31", "2019", "2019-01", "2019-01-01", "2019-01-02", "2019-02")
                .map(PartialDateTest::date)
                .toList();
        assertThat(order.reversed().stream().sorted().toList()).isEqualTo(order);
        assertThat(date("2019").latest()).isEqualTo(LocalDate.of(2019, 12, 31));
        assertThat(date("2020-02").latest()).isEqualTo(LocalDate.of(2020, 2, 29));
    }

    private static PartialDate date(String text) {
        return PartialDate.parse(text).orElseThrow();
    }
}
