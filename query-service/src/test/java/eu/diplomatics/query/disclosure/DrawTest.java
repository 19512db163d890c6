package eu.diplomatics.query.disclosure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class DrawTest {
    /** Says what it was told to, and keeps within the bound it is given. */
    private static LongUnaryOperator told(Integer... choices) {
        Iterator<Integer> next = List.of(choices).iterator();
        return bound -> {
            long choice = next.next();
            assertThat(choice).isLessThan(bound);
            return choice;
        };
    }

    /** Of all that chance may say, each the same often, each two of five come out the same often. */
    @Test
    void each_is_as_likely_as_any_other() {
        Map<List<Integer>, Integer> often = new HashMap<>();
        for (int third = 0; third < 3; third++) {
            for (int fourth = 0; fourth < 4; fourth++) {
                for (int fifth = 0; fifth < 5; fifth++) {
                    Draw<Integer> draw = new Draw<>(2, told(third, fourth, fifth));
                    for (int i = 0; i < 5; i++) {
                        draw.offer(i);
                    }
                    assertThat(draw.offered()).isEqualTo(5);
                    often.merge(draw.drawn().stream().sorted().toList(), 1, Integer::sum);
                }
            }
        }
        assertThat(often)
                .hasSize(10)
                .allSatisfy((pair, times) -> assertThat(times).isEqualTo(6));
    }

    @Test
    void where_there_are_no_more_than_wanted_all_come_out() {
        Draw<String> draw = new Draw<>(3, told());
        assertThat(draw.drawn()).isEmpty();
        draw.offer("a");
        draw.offer("b");
        assertThat(draw.drawn()).containsExactlyInAnyOrder("a", "b");
        assertThat(draw.offered()).isEqualTo(2);
    }
}
