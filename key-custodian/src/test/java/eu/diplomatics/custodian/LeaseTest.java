package eu.diplomatics.custodian;

import static eu.diplomatics.custodian.CustodianFixture.code;
import static eu.diplomatics.custodian.CustodianFixture.json;
import static eu.diplomatics.custodian.CustodianFixture.post;
import static eu.diplomatics.custodian.CustodianFixture.unwrapBody;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** R13, R17: what decrypts everything does so for one order that two operators approved, once, and not longer. */
class LeaseTest extends RunningCustodian {
    private final String run = UUID.randomUUID().toString();

    private String order(String recipient, Duration lasts) {
        Instant until = clock.instant().plus(lasts);
        return Canonical.text(Signers.object()
                .put("client", "exporter")
                .put("recipient", recipient)
                .put("type", "diplomatics export order v1")
                .put("validUntil", until.toString()));
    }

    private HttpResponse<String> ask(String order) throws Exception {
        String body = Signers.object()
                .put("client", "exporter")
                .put("statement", order)
                .toString();
        return post(fixture.client("operator"), server.uri(), "/v1/lease", body);
    }

    private HttpResponse<String> approve(JsonNode asked, String operator) throws Exception {
        String body = Signers.object()
                .put("id", asked.path("id").asString())
                .put("hash", asked.path("hash").asString())
                .toString();
        return post(fixture.client(operator), server.uri(), "/v1/approve", body);
    }

    private void grant(String order) throws Exception {
        JsonNode asked = json(ask(order));
        approve(asked, "operator");
        assertThat(approve(asked, "operator-2").statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> run(String verb, String order, String run) throws Exception {
        String body = Signers.object().put("statement", order).put("run", run).toString();
        return post(fixture.client("exporter"), server.uri(), "/v1/" + verb, body);
    }

    private HttpResponse<String> unwrap() throws Exception {
        return post(fixture.client("exporter"), server.uri(), "/v1/unwrap", unwrapBody(wrap("kek"), "kek"));
    }

    @Test
    void nothingIsUnwrappedWithoutTwoOperatorsAndABeginning() throws Exception {
        String order = order("age1first", Duration.ofHours(2));
        assertThat(code(unwrap())).isEqualTo("LEASE_NEEDED");
        JsonNode asked = json(ask(order));
        assertThat(code(run("begin", order, run))).isEqualTo("LEASE_NEEDED");
        assertThat(approve(asked, "operator").statusCode()).isEqualTo(200);
        assertThat(code(approve(asked, "operator"))).isEqualTo("SAME_OPERATOR");
        assertThat(code(run("begin", order, run))).as("one is not enough").isEqualTo("LEASE_NEEDED");
        assertThat(approve(asked, "operator-2").statusCode()).isEqualTo(200);
        assertThat(code(unwrap())).as("approved and not begun").isEqualTo("LEASE_NEEDED");
        JsonNode begun = json(run("begin", order, run));
        assertThat(begun.path("operators").toString()).isEqualTo("[\"operator\",\"operator-2\"]");
        assertThat(unwrap().statusCode()).isEqualTo(200);
    }

    @Test
    void itIsForOneOrderAndForOneRunWhichMayComeAgain() throws Exception {
        String order = order("age1first", Duration.ofHours(2));
        grant(order);
        assertThat(code(run("begin", order("age1other", Duration.ofHours(2)), run)))
                .isEqualTo("LEASE_NEEDED");
        assertThat(run("begin", order, run).statusCode()).isEqualTo(200);
        restart();
        assertThat(run("begin", order, run).statusCode())
                .as("after a kill, of either side")
                .isEqualTo(200);
        assertThat(code(run("begin", order, UUID.randomUUID().toString()))).isEqualTo("LEASE_USED");
        assertThat(code(ask(order))).as("never approved again").isEqualTo("LEASE_USED");
        assertThat(run("end", order, run).statusCode()).isEqualTo(200);
        assertThat(code(unwrap())).isEqualTo("LEASE_NEEDED");
        assertThat(code(run("begin", order, run))).isEqualTo("LEASE_USED");
    }

    @Test
    void itEndsAtTheTimeThatTheOperatorsApproved() throws Exception {
        String order = order("age1first", Duration.ofHours(2));
        grant(order);
        assertThat(run("begin", order, run).statusCode()).isEqualTo(200);
        clock.advance(Duration.ofHours(2));
        assertThat(code(unwrap())).isEqualTo("LEASE_NEEDED");
        assertThat(code(run("begin", order, run))).isEqualTo("LEASE_NEEDED");
        assertThat(code(ask(order("age1first", Duration.ofDays(8))))).isEqualTo("VALUE_INVALID");
        assertThat(code(ask(order("age1first", Duration.ZERO)))).isEqualTo("VALUE_INVALID");
    }

    @Test
    void onlyOperatorsAskAndOnlyTheExporterBegins() throws Exception {
        String order = order("age1first", Duration.ofHours(2));
        String body = Signers.object()
                .put("client", "exporter")
                .put("statement", order)
                .toString();
        assertThat(code(post(fixture.client("exporter"), server.uri(), "/v1/lease", body)))
                .isEqualTo("VERB_NOT_ALLOWED");
        assertThat(code(post(fixture.client("exporter"), server.uri(), "/v1/wrap", "{}")))
                .isEqualTo("VERB_NOT_ALLOWED");
        grant(order);
        String begin = Signers.object().put("statement", order).put("run", run).toString();
        assertThat(code(post(registry, server.uri(), "/v1/begin", begin))).isEqualTo("VERB_NOT_ALLOWED");
        assertThat(code(ask(order + " "))).isEqualTo("STATEMENT_INVALID");
    }
}
