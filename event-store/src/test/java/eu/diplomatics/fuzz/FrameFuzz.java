package eu.diplomatics.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import eu.diplomatics.eventstore.EventFrame;
import eu.diplomatics.eventstore.FrameException;

/** ASVS 11.3.3: bytes that are no frame are no event, and each frame has one form. */
class FrameFuzz {
    @FuzzTest
    void frame(byte[] body) {
        try {
            assertThat(EventFrame.encode(EventFrame.decode(body))).isEqualTo(body);
        } catch (FrameException expected) {
            assertThat(expected).isNotNull();
        }
    }
}
