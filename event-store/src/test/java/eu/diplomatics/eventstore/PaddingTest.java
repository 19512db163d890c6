package eu.diplomatics.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.keyring.DataKey;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaddingTest {
    @ParameterizedTest
    @CsvSource({
        "0, 512",
        "36, 512",
        "512, 512",
        "513, 1024",
        "1024, 1024",
        "1025, 2048",
        "2048, 2048",
        "2049, 4096",
        "4096, 4096",
        "4097, 8192",
        "8192, 8192",
        "8193, 12288",
        "12289, 16384",
        "16385, 20480",
        "524288, 524288"
    })
    void has_the_classes_of_the_format(int length, int padded) {
        assertThat(Padding.paddedLength(length)).isEqualTo(padded);
    }

    /** Bodies of 0 and of 476 bytes look alike; sizes as docs/event-store-format.md lists them. */
    @ParameterizedTest
    @CsvSource({"0, 584", "476, 584", "477, 1096", "988, 1096", "989, 2120", "2013, 4168", "4061, 8264", "16348, 16472"
    })
    void a_ciphertext_tells_its_class_only(int bodyLength, int stored) {
        UUID stream = UUID.randomUUID();
        try (DataKey key = TestEvents.dataKey(stream, 1)) {
            assertThat(TestEvents.sealed(TestEvents.context(stream, 1), new byte[bodyLength], key)
                            .ciphertext())
                    .hasSize(stored);
        }
    }

    @Test
    void the_largest_body_fills_the_largest_class() {
        assertThat(Padding.paddedLength(EventSealer.MAX_BODY_BYTES + 36)).isEqualTo(512 * 1024);
    }
}
