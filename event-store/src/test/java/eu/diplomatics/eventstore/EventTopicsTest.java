package eu.diplomatics.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each incarnation and key generation has a topic of its own, and each topic tells its generation. */
class EventTopicsTest {
    @ParameterizedTest
    @ValueSource(strings = {"events.1.1", "events"})
    void no_two_are_alike_and_each_tells_its_generation(String first) {
        Set<String> names = new HashSet<>();
        for (int incarnation = 1; incarnation <= 12; incarnation++) {
            for (int generation = 1; generation <= 12; generation++) {
                String name = EventTopics.name(EventTopics.first(first, incarnation), generation);
                assertThat(names.add(name)).as(name).isTrue();
                assertThat(EventTopics.generation(first, name)).as(name).isEqualTo(OptionalInt.of(generation));
            }
        }
        assertThat(names).contains(first);
    }

    @Test
    void are_named_incarnation_and_generation() {
        assertThat(EventTopics.name("events.1.1", 3)).isEqualTo("events.1.3");
        assertThat(EventTopics.first("events.1.1", 2)).isEqualTo("events.2.1");
        assertThat(EventTopics.name(EventTopics.first("events.1.1", 2), 3)).isEqualTo("events.2.3");
        assertThat(EventTopics.generation("events.1.1", "others.2.1")).isEmpty();
    }
}
