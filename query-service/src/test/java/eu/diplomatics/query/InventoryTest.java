package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.awaitSame;
import static eu.diplomatics.query.Deliveries.eventually;
import static eu.diplomatics.query.Deliveries.person;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.query.RunningQuery.Answer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("Which keys protect what the query side keeps (R17)")
class InventoryTest {
    private static final String[] CONTROLLER = {"X-Caller", "controller:ann"};

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

            fixture.tamper(Database.QUERY, "CREATE TABLE projection.event_copy AS SELECT * FROM projection.event");
            fixture.tamper(Database.KEYRING, "DELETE FROM keyring.secret WHERE name = 'access-log-seal'");
            // a drift check in between mends it
            eventually().untilAsserted(() -> {
                fixture.tamper(Database.QUERY, "UPDATE projection.event SET key_generation = 9");
                assertThat(lines(query, "/v1/keys/audit"))
                        .extracting(line -> line.at("/finding/code").asString(""))
                        .contains("GENERATION_OLD", "TABLE_LEFT", "SECRET_MISSING");
            });

            assertThat(query.send("GET", "/v1/keys/audit", null, "X-Caller", "agency:VDAB")
                            .status())
                    .isEqualTo(403);
            assertThat(query.send("GET", "/v1/keys/inventory", null).status()).isEqualTo(401);
        }
    }

    @Test
    void is_refused_for_a_while_when_a_database_is_away_and_told_again_once_it_is_back()
            throws IOException, InterruptedException {
        try (PostgresInstance copy = TestServices.dedicatedPostgres();
                QueryFixture fixture = new QueryFixture(TestServices.kafka(), Map.of(Database.QUERY, copy));
                RunningQuery query = fixture.start()) {
            copy.kill();
            try {
                for (String path : List.of("/v1/keys/inventory", "/v1/keys/audit")) {
                    Answer refused = query.get(path, CONTROLLER);
                    assertThat(refused.status()).isEqualTo(503);
                    assertThat(refused.code()).isEqualTo("STORE_UNAVAILABLE");
                    assertThat(refused.header("Retry-After")).isNotEmpty();
                }
            } finally {
                copy.restart();
            }
            // connections from before have to be found dead first
            eventually()
                    .untilAsserted(
                            () -> assertThat(lines(query, "/v1/keys/audit")).anyMatch(line -> line.has("holding")));
        }
    }

    @Test
    void is_taken_by_one_at_a_time_and_knows_no_parameter() throws Exception {
        try (QueryFixture fixture = new QueryFixture();
                RunningQuery query = fixture.start();
                ExecutorService first = Executors.newSingleThreadExecutor();
                Connection held = fixture.superuser(Database.QUERY);
                Statement statement = held.createStatement()) {
            held.setAutoCommit(false);
            statement.execute("LOCK TABLE projection.event");
            Future<List<JsonNode>> looking = first.submit(() -> lines(query, "/v1/keys/inventory"));
            // the projector waits for this table too, and that does not say that somebody looks
            String waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND wait_event_type = 'Lock' AND query LIKE 'SELECT coalesce(max(position), 0)%'";
            eventually().until(() -> fixture.count(Database.QUERY, waiting) > 0);

            Answer refused = query.get("/v1/keys/audit", CONTROLLER);
            held.rollback();

            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.code()).isEqualTo("OPERATION_UNDER_WAY");
            assertThat(looking.get()).isNotEmpty();
            assertThat(query.get("/v1/keys/inventory?x=1", CONTROLLER).code()).isEqualTo("UNKNOWN_FIELD");
        }
    }

    private static List<JsonNode> lines(RunningQuery query, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(query.base().resolve(path))
                .headers(CONTROLLER)
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
