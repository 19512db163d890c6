package eu.diplomatics.qualification;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A text")
class TextTest {
    @Test
    void is_written_once_and_for_all_so_that_repeating_it_is_recognised() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String text = text(random);
            String written = Text.normalise(text);
            assertThat(Text.normalise(written)).as("seed %d", seed).isEqualTo(written);
            assertThat(Normalizer.isNormalized(written, Normalizer.Form.NFC))
                    .as("seed %d", seed)
                    .isTrue();
            assertThat(written).as("seed %d", seed).doesNotContainPattern("[\\r\\n\\t]");
            assertThat(written.replaceAll("\\s+", ""))
                    .as("seed %d: only white space goes", seed)
                    .isEqualTo(Normalizer.normalize(text, Normalizer.Form.NFC).replaceAll("\\s+", ""));
        }
    }

    @Test
    void keeps_its_spaces_but_not_its_line_breaks() {
        assertThat(Text.normalise("a  b")).isEqualTo("a  b");
        assertThat(Text.normalise("a \r\n \t b\tc\n")).isEqualTo("a b c");
        assertThat(Text.normalise(" \n ")).isEmpty();
        assertThat(Text.normalise("e\u0301\u0323")).isEqualTo("\u1eb9\u0301");
    }

    private static String text(Random random) {
        String pieces = "ae \n\r\t  \u0301\u0323\u0308n\u212b\u1e9b\u0323\uac00\u11a8x";
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(pieces.charAt(random.nextInt(pieces.length())));
        }
        return text.toString();
    }
}
