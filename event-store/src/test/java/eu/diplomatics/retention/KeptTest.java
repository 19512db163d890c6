package eu.diplomatics.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** R27: each kind has a period, bounded, and the document says the same. */
class KeptTest {
    @ParameterizedTest
    @EnumSource
    void a_period_that_is_too_short_or_too_long_is_refused(Kept kind) {
        assertThat(kind.period(null)).isEqualTo(kind.standard());
        assertThat(kind.period(kind.shortest())).isEqualTo(kind.shortest());
        assertThat(kind.period(kind.longest())).isEqualTo(kind.longest());
        for (Duration wrong : List.of(
                kind.shortest().minusMillis(1), kind.longest().plusMillis(1), Duration.ZERO, Duration.ofDays(-1))) {
            assertThatThrownBy(() -> kind.period(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(kind.setting()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_document_lists_each_with_its_bounds(Kept kind) throws IOException {
        String cells = kind.setting() == null
                ? String.format(
                        Locale.ENGLISH, "| %,d days | – | – |", kind.standard().toDays())
                : String.format(
                        Locale.ENGLISH,
                        "| %,d days | %,d to %,d | `%s` |",
                        kind.standard().toDays(),
                        kind.shortest().toDays(),
                        kind.longest().toDays(),
                        kind.setting());
        assertThat(Files.readString(Path.of("../docs/retention.md"))).contains(cells);
    }
}
