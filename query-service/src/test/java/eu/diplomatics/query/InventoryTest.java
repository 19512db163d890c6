package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.awaitSame;
import static eu.diplomatics.query.Deliveries.person;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("Which keys protect what the query side keeps (R17)")
class InventoryTest {
    @Test
    void is_told_to_the_controller_with_whatever_stands_under_a_key_that_is_over()
            throws IOException, InterruptedException {
        try (QueryFixture fixture = new QueryFixture();
                RunningQuery query = fixture.start()) {
            fixture.registry().register(person());
            fixture.relay().publishAll();
            awaitSame(fixture);
            assertThat(query.consult(person().digits()).status()).isEqualTo(200);

            List<JsonNode> inventory = lines(query, "/v1/keys/inventory");
            long projected = fixture.count(Database.QUERY, "SELECT count(*) FROM projection.event");
            assertThat(inventory)
                    .anyMatch(holding("projection", "event", "data-keys", projected))
                    .anyMatch(holding("accesslog", "entry", "access-log-seal", 1));
            assertThat(lines(query, "/v1/keys/audit")).noneMatch(line -> line.has("finding"));

            fixture.tamper(Database.QUERY, "UPDATE projection.event SET key_generation = 9");
            fixture.tamper(Database.QUERY, "CREATE TABLE projection.event_copy AS SELECT * FROM projection.event");
            fixture.tamper(Database.KEYRING, "DELETE FROM keyring.secret WHERE name = 'access-log-seal'");
            assertThat(lines(query, "/v1/keys/audit"))
                    .extracting(line -> line.at("/finding/code").asString(""))
                    .contains("GENERATION_OLD", "TABLE_LEFT", "SECRET_MISSING");

            assertThat(query.send("GET", "/v1/keys/audit", null, "X-Caller", "agency:VDAB")
                            .status())
                    .isEqualTo(403);
            assertThat(query.send("GET", "/v1/keys/inventory", null).status()).isEqualTo(401);
        }
    }

    private static List<JsonNode> lines(RunningQuery query, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(query.base().resolve(path))
                .header("X-Caller", "controller:ann")
                .build();
        List<JsonNode> lines;
        try (HttpClient client = HttpClient.newHttpClient()) {
            lines = client.send(request, HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .map(line -> (JsonNode) JsonMapper.shared().readTree(line))
                    .toList();
        }
        assertThat(lines.getLast().has("end")).isTrue();
        return lines;
    }

    private static Predicate<JsonNode> holding(String store, String artefact, String key, long rows) {
        return line -> line.at("/holding/store").asString("").equals(store)
                && line.at("/holding/artefact").asString("").equals(artefact)
                && line.at("/holding/key").asString("").equals(key)
                && line.at("/holding/rows").asLong(-1) == rows;
    }
}
