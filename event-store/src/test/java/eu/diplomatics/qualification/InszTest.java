package eu.diplomatics.qualification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A national number")
class InszTest {
    @ParameterizedTest
    @ValueSource(strings = {"90722501082", "89610532179", "00671031676", "10611300379", "70622299555", "99681543224"})
    void of_the_test_persons_is_accepted_where_test_numbers_are(String digits) {
        assertThat(Insz.parse(digits, true)).isEqualTo(Checked.valid(new Insz(digits)));
        assertThat(codes(Insz.parse(digits, false))).containsExactly(RejectionCode.INSZ_TEST_NOT_ALLOWED);
        assertThat(new Insz(digits).isTestNumber()).isTrue();
    }

    @Test
    void of_a_real_person_is_refused_while_something_keeps_those_out_and_of_a_test_person_is_not() {
        AcceptedNumbers closed = new AcceptedNumbers(true, List.of("custodian-hardware", "drill"));
        Checked<Insz> refused = Insz.parse(withCheckNumber("000000001", false), closed, "/holder/insz");
        assertThat(codes(refused)).containsExactly(RejectionCode.GO_LIVE_BLOCKED);
        assertThat(refused.toString())
                .contains("custodian-hardware, drill", "/holder/insz")
                .doesNotContain("000000001");
        assertThat(Insz.parse(Examples.insz(1).digits(), closed, "")).isInstanceOf(Checked.Valid.class);
    }

    @Test
    void may_have_its_month_raised_by_20_or_40_for_those_outside_the_national_register() {
        for (String month : List.of("00", "01", "12", "20", "21", "32", "40", "41", "52")) {
            String digits = withCheckNumber("85" + month + "15001", false);
            assertThat(Insz.parse(digits, false)).as(month).isInstanceOf(Checked.Valid.class);
            assertThat(new Insz(digits).isTestNumber()).isFalse();
        }
    }

    @Test
    void must_begin_with_a_possible_date() {
        for (String date :
                List.of("851301", "851901", "853301", "855301", "857301", "859901", "850132", "850230", "850431")) {
            assertThat(codes(Insz.parse(withCheckNumber(date + "001", false), true)))
                    .as(date)
                    .containsExactly(RejectionCode.MALFORMED);
        }
    }

    @Test
    void of_someone_born_from_2000_is_checked_with_a_2_before_it() {
        String digits = withCheckNumber("056115001", true);
        assertThat(Insz.parse(digits, true)).isInstanceOf(Checked.Valid.class);
        assertThat(digits).isNotEqualTo(withCheckNumber("056115001", false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "9072250108", "907225010821", "9072250108x", "90.72.25-010.82", "９０７２２５０１０８２", " 0722501082"
            })
    void has_eleven_ascii_digits(String text) {
        assertThat(codes(Insz.parse(text, true))).containsExactly(RejectionCode.MALFORMED);
    }

    @Test
    void with_one_digit_changed_is_refused_for_its_check_number() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int accepted = 0;
        int tries = 20_000;
        for (int i = 0; i < tries; i++) {
            char[] digits = Examples.insz(random.nextInt(200_000)).digits().toCharArray();
            int at = random.nextInt(11);
            digits[at] = (char) ('0' + (digits[at] - '0' + 1 + random.nextInt(9)) % 10);
            if (Insz.parse(new String(digits), true) instanceof Checked.Valid<Insz>) {
                accepted++;
            }
        }
        // one wrong digit can only pass as a number of the other century
        assertThat(accepted).as("seed %d", seed).isLessThan(tries / 50);
    }

    @Test
    void never_prints_itself_and_is_never_built_wrong() {
        assertThat(Examples.insz(7).toString()).doesNotContainPattern("\\d");
        assertThatThrownBy(() -> new Insz("90722501083"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("9072");
    }

    private static String withCheckNumber(String nine, boolean from2000) {
        long number = Long.parseLong((from2000 ? "2" : "") + nine);
        return String.format(Locale.ROOT, "%s%02d", nine, 97 - number % 97);
    }

    private static List<RejectionCode> codes(Checked<?> checked) {
        return checked instanceof Checked.Invalid<?>(List<Rejection> rejections)
                ? rejections.stream().map(Rejection::code).toList()
                : List.of();
    }
}
