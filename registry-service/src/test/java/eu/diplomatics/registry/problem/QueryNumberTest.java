package eu.diplomatics.registry.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers in the query of an address. */
class QueryNumberTest {
    @ParameterizedTest
    @CsvSource({"2, 2", "500, 500", "007, 7", "000000000000000500, 500"})
    void wholeNumbersFromTheLeastToTheMost(String text, long number) {
        assertThat(QueryNumber.read(text, "limit", 2, 500)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "501",
                "-3",
                "+3",
                "3.0",
                "3e1",
                " 3",
                "٣",
                "9223372036854775808",
                "18446744073709551619"
            })
    void anythingElseIsRefusedByTheNameOfTheParameterAndItsBounds(String text) {
        assertThatThrownBy(() -> QueryNumber.read(text, "limit", 2, 500))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.errors())
                                .containsExactly(
                                        new Problem.Place("query/limit", "MALFORMED", "a whole number from 2 to 500")));
    }
}
