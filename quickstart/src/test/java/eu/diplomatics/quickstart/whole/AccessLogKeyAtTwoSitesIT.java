package eu.diplomatics.quickstart.whole;

import static eu.diplomatics.quickstart.whole.People.SUPPLIER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.quickstart.stack.CustodianSite;
import eu.diplomatics.quickstart.stack.RunState;
import eu.diplomatics.quickstart.stack.Status;
import eu.diplomatics.quickstart.whole.WholeRegistry.Answer;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** R16: the access log's index key rotates as the runbook says, and not before both sites of the custodian have it. */
class AccessLogKeyAtTwoSitesIT {
    @TempDir
    private Path folder;

    @Test
    void theOperatorsMakeItAtBothSitesThenOneCommandBringsItIntoUse() throws Exception {
        try (WholeRegistry registry = new WholeRegistry(folder.resolve("home")).start()) {
            RunState run = new RunState(registry.layout());
            FileLock launcher = Objects.requireNonNull(run.lock());
            try {
                run.write(registry.addresses(), true);
                awaitReady(registry);
                Answer registered = registry.register(
                        SUPPLIER, People.withNumber("S-1", People.insz(1), "Master in de sociologie"));
                assertThat(registered.status()).as(registered.text()).isEqualTo(201);
                consult(registry);
                List<String> components = List.of(component(registry, "a"), component(registry, "b"));

                assertLacking(rotate(registry));
                create(registry, CustodianSite.SECOND, components);
                assertLacking(rotate(registry));
                create(registry, CustodianSite.FIRST, components);
                JsonNode done = rotate(registry);
                assertThat(done.path("state").asString()).as(done.toString()).isEqualTo("DONE");

                assertThat(rows(registry, 2)).isZero();
                leadPasses(registry);
                await().atMost(Duration.ofSeconds(60)).until(() -> {
                    consult(registry);
                    return rows(registry, 2) > 0;
                });
                assertThat(rows(registry, 1)).isPositive();
            } finally {
                launcher.acquiredBy().close();
            }
        }
    }

    private static void assertLacking(JsonNode operation) {
        assertThat(operation.path("state").asString()).isEqualTo("FAILED");
        assertThat(operation.path("error").asString()).contains("the custodian lacks access-log-index-2");
    }

    private String component(WholeRegistry registry, String name) throws Exception {
        String file = folder.resolve("component-" + name).toString();
        assertThat(registry.custodianCommand("component", "--out", file).start().waitFor())
                .isZero();
        return file;
    }

    private static void create(WholeRegistry registry, CustodianSite site, List<String> components) throws Exception {
        registry.kill(site.process());
        assertThat(registry.onToken(
                                site,
                                "create",
                                "--index",
                                "access-log-index",
                                "--component",
                                components.getFirst(),
                                "--component",
                                components.getLast())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        registry.serveAgain(site);
        awaitReady(registry);
    }

    private static void awaitReady(WholeRegistry registry) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(Status.of(registry.layout()).state()).isEqualTo(Status.State.READY));
    }

    private static JsonNode rotate(WholeRegistry registry) throws Exception {
        Answer begun = registry.asController("POST", "/v1/keys/operations", "{\"kind\":\"access-log-index\"}");
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        String operation = "/v1/keys/operations/" + begun.json().path("id").asString();
        return await().atMost(Duration.ofMinutes(3))
                .until(
                        () -> registry.asController("GET", operation, "").json(),
                        answer -> !answer.path("state").asString().matches("PENDING|RUNNING"));
    }

    private static void consult(WholeRegistry registry) throws Exception {
        Answer answer = registry.consult(People.insz(1), 1);
        assertThat(answer.status()).as(answer.text()).isIn(200, 503);
    }

    private static void leadPasses(WholeRegistry registry) throws SQLException {
        try (Connection connection = registry.asSuperuserAtB("keyring").getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    "UPDATE keyring.access_index SET confirmed_at = confirmed_at - interval '5 minutes'");
        }
    }

    private static long rows(WholeRegistry registry, int version) throws SQLException {
        try (Connection connection = registry.superuserAtA("accesslog");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM accesslog.entry"
                        + " WHERE get_byte(subject, 0) = 1 AND get_byte(subject, 1) = " + version)) {
            row.next();
            return row.getLong(1);
        }
    }
}
