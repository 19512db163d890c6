package eu.diplomatics.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.envelope.SecretBytes;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ReferenceTagsTest {
    private static final SecretBytes KEY = SecretBytes.copyOf(
            HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));

    /** Computed apart from this code (Python's hmac and struct). */
    @Test
    void equals_the_value_computed_by_other_software() {
        assertThat(HexFormat.of()
                        .formatHex(ReferenceTags.of(KEY, "KUL", "2026/é-1").value()))
                .isEqualTo("ac601fe3b7ae299c2a503a266ea016a4e669abf805def6cbd4eb87aef50dbdc3");
    }

    @Test
    void tells_apart_pairs_that_run_together_and_keys() {
        assertThat(ReferenceTags.of(KEY, "KU", "L1")).isNotEqualTo(ReferenceTags.of(KEY, "KUL", "1"));
        assertThat(ReferenceTags.of(KEY, "KUL", "1")).isEqualTo(ReferenceTags.of(KEY, "KUL", "1"));
        try (SecretBytes other = SecretBytes.random(32)) {
            assertThat(ReferenceTags.of(other, "KUL", "1")).isNotEqualTo(ReferenceTags.of(KEY, "KUL", "1"));
        }
    }
}
