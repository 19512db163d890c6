package eu.diplomatics.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import eu.diplomatics.receipt.ReceiptVerifier;
import java.nio.charset.StandardCharsets;

/** Whatever anybody hands to a verifier as receipt or as keys, nothing that nobody signed is valid. */
class ReceiptFuzz {
    private static final ReceiptVerifier NOBODY = ReceiptVerifier.ofJson("{\"keys\":[]}");

    @FuzzTest
    void receipt(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        assertThat(NOBODY.verify(text)).isNotEqualTo(ReceiptVerifier.Result.VALID);
        try {
            assertThat(ReceiptVerifier.ofJson(text).verify(text)).isNotEqualTo(ReceiptVerifier.Result.VALID);
        } catch (IllegalArgumentException expected) {
            assertThat(expected).isNotNull();
        }
    }
}
