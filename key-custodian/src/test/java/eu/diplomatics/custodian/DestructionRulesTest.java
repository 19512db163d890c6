package eu.diplomatics.custodian;

import static eu.diplomatics.custodian.CustodianFixture.code;
import static eu.diplomatics.custodian.CustodianFixture.get;
import static eu.diplomatics.custodian.CustodianFixture.json;
import static eu.diplomatics.custodian.CustodianFixture.post;
import static eu.diplomatics.custodian.CustodianFixture.unwrapBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** R17 outside the schedule: two signatures, two operators, three days in which anybody of them can stop it. */
class DestructionRulesTest extends RunningCustodian {
    private static final String LABEL = "epoch-2026-11-22";
    private static final String ID = "destroy-" + LABEL;

    private JsonNode wrapped;
    private ObjectNode body;

    @BeforeEach
    void aKeyOfYesterday() throws Exception {
        wrapped = wrap("kek 1");
        clock.advance(Duration.ofDays(1));
        body = signers.destroyBody(signers.inventory(clock.instant(), LABEL, 0));
    }

    @Test
    void twoOperatorsAndThreeDaysDestroyAKeyAndTheReceiptNamesThem() throws Exception {
        JsonNode asked = json(destroy());
        assertThat(asked.get("state").asString()).isEqualTo("ASKED");
        String asking = clock.instant().toString();
        clock.advance(Duration.ofHours(1));
        approve("operator");
        assertThat(json(destroy()).get("state").asString()).isEqualTo("ASKED");
        clock.advance(Duration.ofHours(1));
        approve("operator-2");
        String approved = clock.instant().toString();
        JsonNode held = json(destroy());
        assertThat(held.get("state").asString()).isEqualTo("HELD");
        assertThat(held.at("/pending/dueAt").asString())
                .isEqualTo(clock.instant().plus(Duration.ofHours(72)).toString());
        clock.advance(Duration.ofHours(72).minusSeconds(1));
        assertThat(json(destroy()).get("state").asString()).isEqualTo("HELD");
        assertThat(unwrap().statusCode()).isEqualTo(200);

        clock.advance(Duration.ofSeconds(1));
        JsonNode done = json(destroy());
        assertThat(done.get("state").asString()).isEqualTo("DESTROYED");
        JsonNode said =
                CustodianFixture.JSON.readTree(done.at("/receipt/statement").asString());
        assertThat(said.get("rule").asString()).isEqualTo("EXCEPTION");
        assertThat(said.get("inventoryHash")).isEqualTo(asked.at("/pending/hash"));
        assertThat(said.get("operators").valueStream().map(JsonNode::asString))
                .containsExactly("operator", "operator-2");
        assertThat(said.get("requestedAt").asString()).isEqualTo(asking);
        assertThat(said.get("approvedAt").asString()).isEqualTo(approved);
        assertThat(said.get("destroyedAt").asString()).isEqualTo(clock.instant().toString());
        assertThat(code(unwrap())).isEqualTo("KEY_DESTROYED");
        assertThat(pending()).isEmpty();
    }

    @Test
    void oneCertificateCannotApproveTwice() throws Exception {
        destroy();
        approve("operator");
        HttpResponse<String> again = approval("operator", hash());
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(code(again)).isEqualTo("SAME_OPERATOR");
        clock.advance(Duration.ofDays(4));
        assertThat(json(destroy()).get("state").asString()).isEqualTo("ASKED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"operator", "operator-2", "controller"})
    void eitherOperatorAndTheControllerCanRevokeToTheLastMoment(String who) throws Exception {
        destroy();
        approve("operator");
        approve("operator-2");
        clock.advance(Duration.ofHours(72).minusSeconds(1));
        String revoke = Signers.object().put("id", ID).toString();
        assertThat(post(fixture.client(who), server.uri(), "/v1/revoke", revoke).statusCode())
                .isEqualTo(200);
        clock.advance(Duration.ofDays(1));
        assertThat(code(destroy())).as("the inventory is old by now").isEqualTo("STATEMENT_STALE");
        assertThat(unwrap().statusCode()).isEqualTo(200);
    }

    @Test
    void neitherRegistryNorQueryAskOrApprove() throws Exception {
        assertThat(code(post(registry, server.uri(), "/v1/destroy", body.toString())))
                .isEqualTo("VERB_NOT_ALLOWED");
        destroy();
        for (String client : List.of("registry", "query", "controller")) {
            assertThat(code(approval(client, hash()))).isEqualTo("VERB_NOT_ALLOWED");
        }
    }

    @Test
    void anApprovalIsForTheInventoryThatWasLookedAtOnly() throws Exception {
        destroy();
        assertThat(code(approval("operator", "00".repeat(32)))).isEqualTo("ALREADY_PENDING");
        body = signers.destroyBody(signers.inventory(clock.instant().minusSeconds(60), LABEL, 0));
        assertThat(code(destroy())).as("another inventory meanwhile").isEqualTo("ALREADY_PENDING");
    }

    @Test
    void theHoldSurvivesARestartAndAClockThatIsSetBack() throws Exception {
        destroy();
        approve("operator");
        restart();
        // set back before the second approval, and forth again after it
        clock.advance(Duration.ofDays(-3));
        approve("operator-2");
        restart();
        clock.advance(Duration.ofDays(3));
        assertThat(json(destroy()).get("state").asString()).isEqualTo("HELD");
        clock.advance(Duration.ofHours(72));
        assertThat(json(destroy()).get("state").asString()).isEqualTo("DESTROYED");
    }

    @Test
    void whatACrashLeftAfterTheReceiptIsFinishedAtTheNextStart() throws Exception {
        Path copy = Files.copy(fixture.keyFile(), directory.resolve("copy"));
        destroy();
        approve("operator");
        approve("operator-2");
        Path state = directory.resolve("audit/state/operators.json");
        byte[] held = Files.readAllBytes(state);
        clock.advance(Duration.ofHours(72));
        JsonNode done = json(destroy());
        server.close();
        Files.delete(fixture.keyFile());
        Files.copy(copy, fixture.keyFile());
        Files.write(state, held);
        server = CustodianServer.start(fixture.configuration, clock);
        assertThat(get(fixture.client("operator"), server.uri(), "/v1/status").body())
                .doesNotContain(LABEL);
        assertThat(pending()).isEmpty();
        assertThat(json(destroy())).isEqualTo(done);
    }

    @Test
    void anApprovalWrittenIntoTheFileIsNotBelieved() throws Exception {
        destroy();
        approve("operator");
        server.close();
        Path state = directory.resolve("audit/state/operators.json");
        Files.writeString(state, Files.readString(state).replace("operator\\\"", "operator-2\\\""));
        assertThat(catchThrowable(this::restart)).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void whatIsNotCarriedOutInTwoWeeksIsForgotten() throws Exception {
        destroy();
        approve("operator");
        approve("operator-2");
        clock.advance(Duration.ofDays(14));
        assertThat(pending()).isEmpty();
        assertThat(code(destroy())).isEqualTo("STATEMENT_STALE");
    }

    @Test
    void anInventoryNeedsBothSignaturesAndNothingLeftAndTheRightKey() throws Exception {
        ObjectNode good = body;
        body = good.deepCopy()
                .put("controllerSignature", good.get("registrySignature").asString());
        assertThat(code(destroy())).isEqualTo("SIGNATURE_INVALID");
        body = good.deepCopy()
                .put("registrySignature", good.get("controllerSignature").asString());
        assertThat(code(destroy())).isEqualTo("SIGNATURE_INVALID");
        body = good.deepCopy().put("inventory", good.get("inventory").asString() + " ");
        assertThat(code(destroy())).isEqualTo("SIGNATURE_INVALID");
        body = signers.destroyBody(signers.inventory(clock.instant(), LABEL, 1));
        assertThat(code(destroy())).isEqualTo("KEY_STILL_NEEDED");
        body = signers.destroyBody(signers.inventory(clock.instant().minus(Duration.ofHours(13)), LABEL, 0));
        assertThat(code(destroy())).as("taken before the day ended").isEqualTo("STATEMENT_STALE");
        body = signers.destroyBody(signers.inventory(clock.instant(), LABEL, 0).put("custodian", "other"));
        assertThat(code(destroy())).isEqualTo("STATEMENT_INVALID");
        body = signers.destroyBody(signers.inventory(clock.instant(), LABEL, 0).put("more", 1));
        assertThat(code(destroy())).isEqualTo("STATEMENT_INVALID");
        body = good.deepCopy().put("label", "epoch-2026-11-21");
        assertThat(code(destroy())).isEqualTo("KEY_UNKNOWN");
        assertThat(pending()).isEmpty();
    }

    private HttpResponse<String> destroy() throws Exception {
        return post(fixture.client("operator"), server.uri(), "/v1/destroy", body.toString());
    }

    private String hash() throws Exception {
        return pending().get(0).get("hash").asString();
    }

    private void approve(String who) throws Exception {
        assertThat(approval(who, hash()).statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> approval(String who, String hash) throws Exception {
        String approval = Signers.object().put("id", ID).put("hash", hash).toString();
        return post(fixture.client(who), server.uri(), "/v1/approve", approval);
    }

    private JsonNode pending() throws Exception {
        return json(get(fixture.client("controller"), server.uri(), "/v1/pending"))
                .get("pending");
    }

    private HttpResponse<String> unwrap() throws Exception {
        return post(registry, server.uri(), "/v1/unwrap", unwrapBody(wrapped, "kek 1"));
    }
}
