package eu.diplomatics.query.caller;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** ASVS 16.4.1: what a header says reaches a row of the access log as one line of printable characters, or not at all. */
class PurposeFuzz {
    @FuzzTest
    void purpose(byte[] headers) {
        String[] said = new String(headers, StandardCharsets.UTF_8).split("\n", 3);
        if (said.length == 3) {
            Purpose.of(said[0], said[1], said[2])
                    .ifPresent(purpose -> assertThat(purpose.code() + purpose.caseReference() + purpose.endUser())
                            .matches("[ -~]+")
                            .hasSizeLessThanOrEqualTo(320));
        }
    }
}
