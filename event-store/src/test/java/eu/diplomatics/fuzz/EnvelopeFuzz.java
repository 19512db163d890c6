package eu.diplomatics.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.code_intelligence.jazzer.junit.FuzzTest;
import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.envelope.SecretBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** ASVS 11.3.3: bytes that nobody sealed open nowhere. */
class EnvelopeFuzz {
    private static final byte[] CONTEXT = "fuzz".getBytes(StandardCharsets.US_ASCII);

    private static SecretBytes key() {
        byte[] bytes = new byte[Cobblestone.KEY_BYTES];
        Arrays.fill(bytes, (byte) 7);
        return SecretBytes.copyOf(bytes);
    }

    /** As it comes, and as changes of something that was sealed. */
    @FuzzTest
    void envelope(byte[] body) {
        try (SecretBytes key = key()) {
            refused(key, body);
            byte[] sealed = Cobblestone.seal(key, CONTEXT, body);
            assertThat(Cobblestone.open(key, CONTEXT, sealed)).isEqualTo(body);
            byte[] changed = sealed.clone();
            boolean same = true;
            for (int i = 0; i < body.length; i++) {
                changed[i] ^= body[i];
                same &= body[i] == 0;
            }
            if (!same) {
                refused(key, changed);
            }
        }
    }

    private static void refused(SecretBytes key, byte[] sealed) {
        try {
            Cobblestone.open(key, CONTEXT, sealed);
            fail("bytes that nobody sealed were opened");
        } catch (EnvelopeException expected) {
            assertThat(expected).isNotNull();
        }
        try (InputStream in = Cobblestone.opening(key, CONTEXT, new ByteArrayInputStream(sealed))) {
            in.readAllBytes();
            fail("bytes that nobody sealed were opened");
        } catch (EnvelopeException | IOException expected) {
            assertThat(expected).isNotNull();
        }
    }
}
