package eu.diplomatics.query.caller;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import eu.diplomatics.query.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.mock.web.MockHttpServletRequest;

/** R29, ASVS 16.4.1: what headers of X-Road say reaches a row of the access log as one line each, bounded, or not at all. */
class XRoadFuzz {
    /** Each line is a header: its name, a colon, its value. */
    @FuzzTest
    void xroad(byte[] headers) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/v1/qualifications");
        for (String line : new String(headers, StandardCharsets.UTF_8).split("\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                request.addHeader(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        try {
            XRoadHeaders.of(request)
                    .ifPresent(said -> assertThat(Stream.of(
                                            said.id(),
                                            said.requestId(),
                                            said.client(),
                                            said.userId(),
                                            said.issue(),
                                            said.representedParty())
                                    .filter(Objects::nonNull))
                            .allSatisfy(
                                    value -> assertThat(value).matches("[ -~]+").hasSizeLessThanOrEqualTo(255)));
        } catch (ProblemException expected) {
            assertThat(expected.code()).isEqualTo("MALFORMED");
        }
    }
}
