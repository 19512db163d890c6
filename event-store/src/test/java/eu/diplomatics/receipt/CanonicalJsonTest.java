package eu.diplomatics.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class CanonicalJsonTest {
    @Nested
    class The_examples_of_RFC_8785 {
        @Test
        void section_3_2_4_serialises_to_the_published_bytes() {
            String input = """
                    {
                      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
                      "literals": [null, true, false]
                    }
                    """;
            byte[] expected = HexFormat.of()
                    .parseHex("7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a"
                            + "5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d3237"
                            + "5d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d");
            assertThat(CanonicalJson.bytes(JsonMapper.shared().readValue(input, Map.class)))
                    .isEqualTo(expected);
        }

        @Test
        void section_3_2_3_sorts_names_by_utf_16_code_units() {
            Map<String, String> members = Map.of(
                    "\u20ac", "Euro Sign",
                    "\r", "Carriage Return",
                    "\ufb33", "Hebrew Letter Dalet With Dagesh",
                    "1", "One",
                    "\ud83d\ude00", "Emoji: Grinning Face",
                    "\u0080", "Control",
                    "\u00f6", "Latin Small Letter O With Diaeresis");
            assertThat(CanonicalJson.text(members).replaceAll("\"[^\"]*\":\"([^\"]*)\"", "$1"))
                    .isEqualTo("{Carriage Return,One,Control,Latin Small Letter O With Diaeresis,Euro Sign,"
                            + "Emoji: Grinning Face,Hebrew Letter Dalet With Dagesh}");
        }

        @ParameterizedTest
        @CsvSource(textBlock = """
                0000000000000000, 0
                8000000000000000, 0
                0000000000000001, 5e-324
                8000000000000001, -5e-324
                7fefffffffffffff, 1.7976931348623157e+308
                ffefffffffffffff, -1.7976931348623157e+308
                4340000000000000, 9007199254740992
                c340000000000000, -9007199254740992
                4430000000000000, 295147905179352830000
                44b52d02c7e14af5, 9.999999999999997e+22
                44b52d02c7e14af6, 1e+23
                44b52d02c7e14af7, 1.0000000000000001e+23
                444b1ae4d6e2ef4e, 999999999999999700000
                444b1ae4d6e2ef4f, 999999999999999900000
                444b1ae4d6e2ef50, 1e+21
                3eb0c6f7a0b5ed8c, 9.999999999999997e-7
                3eb0c6f7a0b5ed8d, 0.000001
                41b3de4355555553, 333333333.3333332
                41b3de4355555554, 333333333.33333325
                41b3de4355555555, 333333333.3333333
                41b3de4355555556, 333333333.3333334
                41b3de4355555557, 333333333.33333343
                becbf647612f3696, -0.0000033333333333333333
                43143ff3c1cb0959, 1424953923781206.2
                """)
        void appendix_b_numbers(String bits, String expected) {
            double number = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));
            assertThat(CanonicalJson.text(number)).isEqualTo(expected);
        }

        @ParameterizedTest
        @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
        void appendix_b_refuses_what_is_no_number(double number) {
            assertThatThrownBy(() -> CanonicalJson.text(number)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whole_numbers_are_exact_or_refused() {
        long max = (1L << 53) - 1;
        assertThat(CanonicalJson.text(List.of(0, -7, max, -max, BigInteger.TEN)))
                .isEqualTo("[0,-7,9007199254740991,-9007199254740991,10]");
        for (Object beyond : List.of(max + 1, -max - 1, Long.MIN_VALUE, BigInteger.TWO.pow(64))) {
            assertThatThrownBy(() -> CanonicalJson.text(beyond)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void every_control_character_is_escaped_and_nothing_else() {
        StringBuilder controls = new StringBuilder();
        for (char c = 0; c < 0x20; c++) {
            controls.append(c);
        }
        assertThat(CanonicalJson.text(controls + "\u007f\u2028é/"))
                .isEqualTo("\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r"
                        + "\\u000e\\u000f\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019"
                        + "\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f\u007f\u2028é/\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d", "\ude00", "\ude00\ud83d", "a\ud83db"})
    void half_a_surrogate_pair_is_refused_in_values_and_names(String half) {
        assertThatThrownBy(() -> CanonicalJson.text(half)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CanonicalJson.text(Map.of(half, 1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void other_types_are_refused() {
        for (Object other : List.of(1.5f, 'c', new Object(), Map.of(1, 2), new int[] {1})) {
            assertThatThrownBy(() -> CanonicalJson.text(other)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void what_is_written_reads_back_and_is_written_the_same() {
        Random random = new Random(31);
        for (int i = 0; i < 20_000; i++) {
            double number = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(number)) {
                String text = CanonicalJson.text(number);
                assertThat(Double.parseDouble(text)).isEqualTo(number);
            }
        }
        String text = CanonicalJson.text(Map.of("b", Arrays.asList("x", null, true), "a", Map.of("\u20ac", 1)));
        assertThat(text).isEqualTo("{\"a\":{\"€\":1},\"b\":[\"x\",null,true]}");
        assertThat(CanonicalJson.text(JsonMapper.shared().readValue(text, Map.class)))
                .isEqualTo(text);
        assertThat(CanonicalJson.bytes("€")).isEqualTo("\"€\"".getBytes(StandardCharsets.UTF_8));
    }
}
