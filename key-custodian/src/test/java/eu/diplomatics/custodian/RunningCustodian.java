package eu.diplomatics.custodian;

import static eu.diplomatics.custodian.CustodianFixture.filled;
import static eu.diplomatics.custodian.CustodianFixture.indexBody;
import static eu.diplomatics.custodian.CustodianFixture.json;
import static eu.diplomatics.custodian.CustodianFixture.post;
import static eu.diplomatics.custodian.CustodianFixture.wrapBody;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.custodian.CustodianConfiguration.Client;
import eu.diplomatics.custodian.CustodianConfiguration.Verb;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A custodian at noon of a day of its own, with new keys, and the client that most tests ask as. */
abstract class RunningCustodian {
    static final byte[] KEY = filled(32, 7);
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    Path directory;

    final AdjustableClock clock = new AdjustableClock(NOON);
    final Signers signers = new Signers();
    CustodianFixture fixture;
    CustodianServer server;
    HttpClient registry;

    @BeforeEach
    void start() {
        fixture = new CustodianFixture(directory, clients(), signers.authorities());
        CustodianServer.initialise(fixture.configuration);
        server = CustodianServer.start(fixture.configuration, clock);
        registry = fixture.client("registry");
    }

    Map<String, Client> clients() {
        Map<String, Client> clients = new HashMap<>(CustodianConfiguration.defaultClients());
        clients.put("query", new Client(Set.of(Verb.UNWRAP, Verb.INDEX), Set.of("holder-index"), 1, 2_000));
        return clients;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    void restart() {
        server.close();
        server = CustodianServer.start(fixture.configuration, clock);
    }

    JsonNode wrap(String context) throws Exception {
        HttpResponse<String> response = post(registry, server.uri(), "/v1/wrap", wrapBody(KEY, context));
        assertThat(response.statusCode()).isEqualTo(200);
        return json(response).get("wrapped");
    }

    HttpResponse<String> index(HttpClient client, int count) throws Exception {
        return post(client, server.uri(), "/v1/index", indexBody("holder-index", count));
    }

    /** Asks for it as an operator, with an inventory of now. */
    HttpResponse<String> askToDestroy(String label) throws Exception {
        String body = signers.destroyBody(signers.inventory(clock.instant(), label, 0))
                .toString();
        return post(fixture.client("operator"), server.uri(), "/v1/destroy", body);
    }

    /** By two operators, after the hold: three days later. */
    HttpResponse<String> destroy(String label) throws Exception {
        String body = signers.destroyBody(signers.inventory(clock.instant(), label, 0))
                .toString();
        JsonNode asked = json(post(fixture.client("operator"), server.uri(), "/v1/destroy", body));
        String approval = Signers.object()
                .put("id", "destroy-" + label)
                .put("hash", asked.at("/pending/hash").asString())
                .toString();
        for (String operator : new String[] {"operator", "operator-2"}) {
            assertThat(post(fixture.client(operator), server.uri(), "/v1/approve", approval)
                            .statusCode())
                    .isEqualTo(200);
        }
        clock.advance(Approvals.HOLD);
        return post(fixture.client("operator"), server.uri(), "/v1/destroy", body);
    }
}
