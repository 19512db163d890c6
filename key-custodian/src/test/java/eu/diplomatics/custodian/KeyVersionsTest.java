package eu.diplomatics.custodian;

import static eu.diplomatics.custodian.CustodianFixture.code;
import static eu.diplomatics.custodian.CustodianFixture.get;
import static eu.diplomatics.custodian.CustodianFixture.indexBody;
import static eu.diplomatics.custodian.CustodianFixture.json;
import static eu.diplomatics.custodian.CustodianFixture.post;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R16: index keys and the receipt key get new versions while the custodian runs. */
class KeyVersionsTest {
    @TempDir
    Path directory;

    private CustodianFixture fixture;
    private CustodianServer server;

    @BeforeEach
    void start() {
        fixture = new CustodianFixture(directory);
        CustodianServer.initialise(fixture.configuration);
        server = CustodianServer.start(
                fixture.configuration, new AdjustableClock(Instant.parse("2026-11-22T12:00:00Z")));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theFirstVersionHasThePlainNameAndLaterOnesTheirNumber() {
        assertThat(KeyLabels.of("holder-index", 1)).isEqualTo("holder-index");
        assertThat(KeyLabels.of("holder-index", 12)).isEqualTo("holder-index-12");
        assertThat(KeyLabels.version("holder-index", "holder-index-12")).contains(12);
        assertThat(KeyLabels.latest(List.of("holder-index", "holder-index-10", "holder-index-9"), "holder-index"))
                .isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"holder-index-1", "holder-index-02", "holder-index-", "holder-indexes", "holder-index-2-2", "x"})
    void whatIsNoVersionOfAKeyIsNotCoveredByIt(String label) {
        assertThat(KeyLabels.covers(Set.of("holder-index"), label)).isFalse();
    }

    @Test
    void aClientOfAnIndexKeyUsesEachOfItsVersionsAndNoOtherKey() throws Exception {
        assertThat(code(index("holder-index-2"))).isEqualTo("KEY_UNKNOWN");
        HttpResponse<String> made = rotate("holder-index", 2);
        assertThat(json(made).get("label").asString()).isEqualTo("holder-index-2");
        assertThat(rotate("holder-index", 2).body()).as("asked again").isEqualTo(made.body());

        HttpResponse<String> first = index("holder-index");
        HttpResponse<String> second = index("holder-index-2");
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(json(second)).isNotEqualTo(json(first));
        assertThat(rotate("access-log-index", 2).statusCode()).isEqualTo(200);
        assertThat(code(index("access-log-index-2"))).isEqualTo("KEY_NOT_ALLOWED");
    }

    @Test
    void onlyTheNextVersionIsMadeAndOnlyByWhoMay() throws Exception {
        for (int version : new int[] {0, 1, 3, -2}) {
            assertThat(code(rotate("holder-index", version))).isEqualTo("VALUE_INVALID");
        }
        assertThat(code(rotate("epoch-2026-11-21", 2))).isEqualTo("KEY_NOT_ALLOWED");
        assertThat(code(post(fixture.client("registry"), server.uri(), "/v1/rotate", "{}")))
                .isEqualTo("VERB_NOT_ALLOWED");
    }

    @Test
    void theStatusTellsTheCheckValuesAndTheReceiptKeyInUse() throws Exception {
        var before = json(get(fixture.client("operator"), server.uri(), "/v1/status"));
        rotate("receipt-signing", 2);
        rotate("holder-index", 2);
        var after = json(get(fixture.client("operator"), server.uri(), "/v1/status"));
        assertThat(after.get("receiptKey")).isNotEqualTo(before.get("receiptKey"));
        assertThat(after.at("/checkValues/holder-index").asString())
                .matches("[0-9a-f]{8}")
                .isEqualTo(before.at("/checkValues/holder-index").asString())
                .isNotEqualTo(after.at("/checkValues/holder-index-2").asString());
    }

    private HttpResponse<String> rotate(String key, int version) throws Exception {
        String body = CustodianFixture.JSON
                .createObjectNode()
                .put("key", key)
                .put("version", version)
                .toString();
        return post(fixture.client("operator"), server.uri(), "/v1/rotate", body);
    }

    private HttpResponse<String> index(String key) throws Exception {
        return post(fixture.client("registry"), server.uri(), "/v1/index", indexBody(key, 3));
    }
}
