package eu.diplomatics.custodian;

import static eu.diplomatics.custodian.CustodianFixture.base64;
import static eu.diplomatics.custodian.CustodianFixture.code;
import static eu.diplomatics.custodian.CustodianFixture.filled;
import static eu.diplomatics.custodian.CustodianFixture.get;
import static eu.diplomatics.custodian.CustodianFixture.json;
import static eu.diplomatics.custodian.CustodianFixture.post;
import static eu.diplomatics.custodian.CustodianFixture.unwrapBody;
import static eu.diplomatics.custodian.CustodianFixture.wrapBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a custodian records and tells of itself, and that it answers nothing it cannot record. */
class CustodianServerTest extends RunningCustodian {
    @Test
    void theAuditLogSaysWhoUsedWhichKeyAndHoldsNoValues() throws Exception {
        JsonNode wrapped = wrap("kek 1");
        index(registry, 500);
        post(fixture.client("query"), server.uri(), "/v1/wrap", wrapBody(KEY, "kek 1"));
        String audit = audit();
        assertThat(audit.lines()
                        .map(CustodianFixture.JSON::readTree)
                        .filter(line -> !line.get("client").asString().equals("test")))
                .extracting(
                        line -> line.get("client").asString(),
                        line -> line.get("verb").asString(),
                        line -> line.get("keys").toString(),
                        line -> line.get("outcome").asString())
                .containsExactly(
                        tuple("registry", "WRAP", "{\"epoch-2026-11-22\":1}", "OK"),
                        tuple("registry", "INDEX", "{\"holder-index\":500}", "OK"),
                        tuple("query", "WRAP", "{}", "VERB_NOT_ALLOWED"));
        assertThat(audit)
                .doesNotContain(base64(KEY))
                .doesNotContain(wrapped.get("ciphertext").asString())
                .doesNotContain(base64(filled(32, 1)).substring(0, 20));
    }

    @Test
    void aLogThatCannotBeWrittenMeansNoAnswer() throws Exception {
        JsonNode wrapped = wrap("kek 1");
        try (Stream<Path> files = Files.list(directory.resolve("audit"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        // the next day needs a new file, and a directory stands in its place
        Files.createDirectory(directory.resolve("audit/sealed-2026-11-23.jsonl"));
        clock.advance(Duration.ofDays(1));
        HttpResponse<String> response = post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"));
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(code(response)).isEqualTo("AUDIT_UNAVAILABLE");
        assertThat(response.body()).doesNotContain(base64(KEY));
    }

    @Test
    void aKeyFileThatIsTakenAwayMeansNotReadyAndNoKey() throws Exception {
        JsonNode wrapped = wrap("kek 1");
        assertThat(get(registry, server.uri(), "/health/readiness").statusCode())
                .isEqualTo(200);
        Path file = fixture.keyFile();
        Files.move(file, directory.resolve("away"));
        assertThat(get(registry, server.uri(), "/health/readiness").statusCode())
                .isEqualTo(503);
        assertThat(code(post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"))))
                .isEqualTo("TOKEN_UNAVAILABLE");
        assertThat(code(index(registry, 1))).isEqualTo("TOKEN_UNAVAILABLE");
        Files.move(directory.resolve("away"), file);
        assertThat(get(registry, server.uri(), "/health/readiness").statusCode())
                .as("recovers by itself")
                .isEqualTo(200);
    }

    @Test
    void theStatusNamesEveryKeyAndNoKeyMaterial() throws Exception {
        wrap("kek 1");
        JsonNode status = json(get(fixture.client("operator"), server.uri(), "/v1/status"));
        assertThat(status.get("hardware").asBoolean()).isFalse();
        assertThat(status.get("receiptAlgorithm").asString()).isEqualTo("Ed25519");
        assertThat(status.get("labels").valueStream().map(JsonNode::asString))
                .containsExactly("access-log-index", "epoch-2026-11-22", "holder-index", "receipt-signing");
    }

    private String audit() throws IOException {
        return Files.readString(directory.resolve("audit/sealed-2026-11-22.jsonl"));
    }
}
