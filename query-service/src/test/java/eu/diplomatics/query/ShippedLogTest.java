package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.qualification.Examples;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** R06, ASVS 16.4.3: the service ships who asked what to the controller's own database, and answers whether that works or not. */
class ShippedLogTest {
    private static final String LOG =
            "SELECT concat_ws('|', l.entry, e.at, e.sealed) FROM accesslog.leaf l JOIN accesslog.entry e ON e.id = l.entry"
                    + " ORDER BY l.position";
    private static final String COPY = "SELECT concat_ws('|', entry, at, sealed) FROM shipped.access ORDER BY position";

    private static PostgresInstance controller;
    private static QueryFixture fixture;

    @BeforeAll
    static void start() {
        controller = TestServices.dedicatedPostgres();
        fixture = new QueryFixture(TestServices.kafka(), Map.of(Database.CONTROLLER, controller));
    }

    @AfterAll
    static void stop() {
        fixture.close();
        controller.close();
    }

    private static void ask(RunningQuery query, int person) {
        assertThat(query.consult(Examples.insz(person).digits()).status()).isEqualTo(200);
    }

    private static JsonNode health(RunningQuery query) {
        return query.get("/actuator/health/accessLogShipped").json();
    }

    private static void awaitCopy(int rows) {
        eventually().until(() -> {
            List<String> log = fixture.strings(Database.ACCESSLOG, LOG);
            return log.size() == rows
                    && fixture.strings(Database.CONTROLLER, COPY).equals(log);
        });
    }

    @Test
    void answersGoOnWhileTheControllersDatabaseIsAwayAndNothingIsMissingAfterwards() {
        long before = fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.entry");
        int rows = (int) before;
        try (RunningQuery query = fixture.start(fixture.shipping(
                "diplomatics.transparency.interval=200ms",
                "diplomatics.controller.interval=200ms",
                "diplomatics.controller.late=2s",
                "diplomatics.controller.too-late=4s"))) {
            ask(query, 800);
            ask(query, 801);
            awaitCopy(rows + 2);
            eventually().until(() -> "UP".equals(health(query).path("status").asString()));

            controller.kill();
            ask(query, 802);
            eventually()
                    .until(() ->
                            "LATE".equals(health(query).at("/details/delay").asString()));
            assertThat(health(query).path("status").asString()).isEqualTo("DEGRADED");
            assertThat(health(query).at("/details/trouble").asString()).isEqualTo("UNREACHABLE");
            assertThat(query.get("/actuator/health/readiness").status()).isEqualTo(200);
            eventually().until(() -> query.get("/actuator/health/readiness").status() == 503);
            ask(query, 803);
            assertThat(health(query).at("/details/waiting").asInt()).isPositive();

            controller.restart();
            awaitCopy(rows + 4);
            eventually().until(() -> query.get("/actuator/health/readiness").status() == 200);
        }
    }

    @Test
    void realPeopleMayBeAskedAboutOnlyWithACopyOnAServerOfItsOwn() {
        try (RunningQuery query = fixture.startForRealPeople(true, fixture.shipping())) {
            eventually().until(() -> "GREEN".equals(logCopy(query)));
        }
        try (RunningQuery query = fixture.startForRealPeople(true)) {
            assertThat(logCopy(query)).isEqualTo("RED");
            assertThat(health(query).at("/details/shipping").asString()).isEqualTo("OFF");
        }
    }

    private static String logCopy(RunningQuery query) {
        for (JsonNode condition :
                query.get("/v1/readiness", "X-Caller", "controller:led").json().path("conditions")) {
            if (condition.path("id").asString().equals("log-copy")) {
                return condition.path("state").asString();
            }
        }
        return "";
    }

    @Test
    void nothingStartsWithHalfOfTheSettings() {
        String[] settings = List.of(fixture.shipping()).stream()
                .filter(setting -> !setting.startsWith("diplomatics.accesslog.shipper"))
                .toArray(String[]::new);
        assertThatThrownBy(() -> fixture.start(settings))
                .hasStackTraceContaining("diplomatics.accesslog.shipper is missing: for the role al_shipper");
    }
}
