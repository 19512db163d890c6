package eu.diplomatics.custodian;

import static eu.diplomatics.custodian.CustodianFixture.code;
import static eu.diplomatics.custodian.CustodianFixture.get;
import static eu.diplomatics.custodian.CustodianFixture.json;
import static eu.diplomatics.custodian.CustodianFixture.post;
import static eu.diplomatics.custodian.CustodianFixture.unwrapBody;
import static eu.diplomatics.custodian.CustodianFixture.wrapBody;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A destroyed key stays destroyed, whatever is put back, and its first receipt stands. */
class CustodianDestroyingTest extends RunningCustodian {
    @Test
    void theReceiptIsSignedAndTheKeyUnwrapsNothingAnyMore() throws Exception {
        JsonNode wrapped = wrap("kek 1");
        clock.advance(Duration.ofDays(1));
        HttpResponse<String> response = destroy("epoch-2026-11-22");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode receipt = json(response).get("receipt");
        String statement = receipt.get("statement").asString();
        assertThat(verifies(statement, receipt.get("signature").asString())).isTrue();
        assertThat(verifies(statement + " ", receipt.get("signature").asString()))
                .isFalse();
        assertThat(get(fixture.client("controller"), server.uri(), "/v1/receipts/epoch-2026-11-22")
                        .body())
                .isEqualTo(receipt.toString());

        HttpResponse<String> unwrap = post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"));
        assertThat(unwrap.statusCode()).isEqualTo(410);
        assertThat(code(unwrap)).isEqualTo("KEY_DESTROYED");
        restart();
        assertThat(code(post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"))))
                .as("after a restart too")
                .isEqualTo("KEY_DESTROYED");
        assertThat(askToDestroy("epoch-2026-11-22").body())
                .as("a lost answer can be asked for again")
                .isEqualTo(response.body());
    }

    @Test
    void keysInUseAndIndexKeysAreNotDestroyed() throws Exception {
        wrap("kek 1");
        for (String label : List.of("epoch-2026-11-22", "holder-index", "access-log-index", "receipt-signing")) {
            HttpResponse<String> response = askToDestroy(label);
            assertThat(response.statusCode()).as(label).isEqualTo(409);
            assertThat(code(response)).isEqualTo("KEY_NOT_DESTROYABLE");
        }
    }

    @Test
    void anOlderCopyOfTheKeyFileBringsNothingBack() throws Exception {
        Destroyed destroyed = destroyAndPutTheOlderKeyFileBack();
        restart();
        assertThat(get(fixture.client("operator"), server.uri(), "/v1/status").body())
                .doesNotContain("epoch-2026-11-22");
        assertThat(code(post(registry, server.uri(), "/v1/unwrap", unwrapBody(destroyed.wrapped(), "kek 1"))))
                .isEqualTo("KEY_DESTROYED");
        assertThat(Files.readString(directory.resolve("audit/sealed-2026-11-26.jsonl")))
                .contains("\"AGAIN\"");
        assertThat(askToDestroy("epoch-2026-11-22").body()).isEqualTo(destroyed.receipt());
    }

    @Test
    void aKeyWithAReceiptIsNotUsedAndDestroyingItAgainKeepsTheFirstReceipt() throws Exception {
        Destroyed destroyed = destroyAndPutTheOlderKeyFileBack();
        // as a crash between receipt and destruction leaves it
        Path receipt = directory.resolve("audit/receipts/epoch-2026-11-22.json");
        Files.move(receipt, directory.resolve("away"));
        restart();
        Files.move(directory.resolve("away"), receipt);
        assertThat(code(post(registry, server.uri(), "/v1/unwrap", unwrapBody(destroyed.wrapped(), "kek 1"))))
                .isEqualTo("KEY_DESTROYED");
        assertThat(askToDestroy("epoch-2026-11-22").body()).isEqualTo(destroyed.receipt());
        assertThat(get(fixture.client("operator"), server.uri(), "/v1/status").body())
                .doesNotContain("epoch-2026-11-22");
    }

    @Test
    void aClockThatFellBackDoesNotMakeADestroyedKeyAnew() throws Exception {
        wrap("kek 1");
        clock.advance(Duration.ofDays(1));
        destroy("epoch-2026-11-22");
        clock.advance(Duration.ofDays(-4));
        assertThat(code(post(registry, server.uri(), "/v1/wrap", wrapBody(KEY, "kek 1"))))
                .isEqualTo("CLOCK_BEHIND");
    }

    /** A key under which something is wrapped, destroyed the day after; the key file is one in which it is still there. */
    private Destroyed destroyAndPutTheOlderKeyFileBack() throws Exception {
        JsonNode wrapped = wrap("kek 1");
        Path keys = fixture.keyFile();
        Path copy = Files.copy(keys, directory.resolve("copy"));
        clock.advance(Duration.ofDays(1));
        String receipt = destroy("epoch-2026-11-22").body();
        server.close();
        Files.copy(copy, keys, StandardCopyOption.REPLACE_EXISTING);
        return new Destroyed(wrapped, receipt);
    }

    private record Destroyed(JsonNode wrapped, String receipt) {}

    private boolean verifies(String statement, String signature) throws Exception {
        JsonNode status = json(get(fixture.client("operator"), server.uri(), "/v1/status"));
        byte[] key = Base64.getDecoder().decode(status.get("receiptKey").asString());
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(key)));
        verifier.update(("diplomatics destruction receipt v1\n" + statement).getBytes(StandardCharsets.UTF_8));
        return verifier.verify(Base64.getDecoder().decode(signature));
    }
}
