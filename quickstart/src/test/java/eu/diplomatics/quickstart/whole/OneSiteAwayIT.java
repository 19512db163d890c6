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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The custodian at two sites: either may die, and the registry has lost nothing and goes on. */
class OneSiteAwayIT {
    private static final String TITLE = "Master in de sociologie";
    private static final String WRAPS = """
            SELECT w ->> 'custodian' FROM keyring.kek k, jsonb_array_elements(k.wrapped) w""";

    @TempDir
    private Path folder;

    @Test
    void registrationConsultationAndTheNightlyRewriteOutliveTheDeathOfEitherSite() throws Exception {
        try (WholeRegistry registry = new WholeRegistry(folder.resolve("home")).start()) {
            RunState run = new RunState(registry.layout());
            FileLock launcher = Objects.requireNonNull(run.lock());
            try {
                run.write(registry.addresses(), true);
                awaitReady(registry);
                bothHaveTheSameIndexKeysAndNoOthersInCommon(registry);
                assertThat(sitesOfTheKek(registry)).containsExactly("local", "local-2");
                int person = 1;
                for (CustodianSite site : CustodianSite.values()) {
                    goesOnWithout(registry, site, person++);
                }
            } finally {
                launcher.acquiredBy().close();
            }
        }
    }

    private static void goesOnWithout(WholeRegistry registry, CustodianSite site, int person) throws Exception {
        registry.kill(site.process());
        registerAndConsult(registry, person);

        Status status = Status.of(registry.layout());
        assertThat(status.state()).isEqualTo(Status.State.DEGRADED);
        status.services()
                .forEach((name, service) -> assertThat(service.state() == Status.State.READY)
                        .as(name)
                        .isEqualTo(!name.equals(site.process())));
        assertThat(status.toText()).containsPattern(site.process() + " +DEGRADED");

        // no KEK is made that only one site has wrapped: the loss of that one would be the loss of all
        String operation = beginRewrite(registry);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            JsonNode waiting = registry.asController("GET", operation, "").json();
            assertThat(waiting.path("state").asString()).isEqualTo("RUNNING");
            assertThat(waiting.path("error").asString("")).isNotEmpty();
        });
        assertThat(sitesOfTheKek(registry)).containsExactly("local", "local-2");

        registry.serveAgain(site);
        awaitReady(registry);
        await().atMost(Duration.ofSeconds(90))
                .until(() -> registry.asController("GET", operation, "")
                        .json()
                        .path("state")
                        .asString()
                        .equals("DONE"));
        assertThat(sitesOfTheKek(registry)).containsExactly("local", "local-2");
        registerAndConsult(registry, person + 100);
    }

    private static void registerAndConsult(WholeRegistry registry, int person) throws Exception {
        Answer registered = registry.register(SUPPLIER, People.withNumber("S-" + person, People.insz(person), TITLE));
        assertThat(registered.status()).as(registered.text()).isEqualTo(201);
        Answer found = registry.consult(
                People.insz(person), registered.json().path("position").asLong());
        assertThat(found.json().path("status").asString()).as(found.text()).isEqualTo("FOUND");
        assertThat(registry.register(SUPPLIER, People.withNumber("S-" + person, People.insz(person), TITLE))
                        .status())
                .as("the same person at whichever site is asked")
                .isEqualTo(200);
    }

    private static String beginRewrite(WholeRegistry registry) throws Exception {
        Answer begun = registry.asController("POST", "/v1/keys/operations", "{\"kind\":\"keyring\"}");
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        return "/v1/keys/operations/" + begun.json().path("id").asString();
    }

    private static void awaitReady(WholeRegistry registry) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(Status.of(registry.layout()).state()).isEqualTo(Status.State.READY));
    }

    private static Set<String> sitesOfTheKek(WholeRegistry registry) throws SQLException {
        try (Connection connection = registry.asSuperuserAtB("keyring").getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(WRAPS)) {
            Set<String> sites = new TreeSet<>();
            while (rows.next()) {
                sites.add(rows.getString(1));
            }
            return sites;
        }
    }

    private static void bothHaveTheSameIndexKeysAndNoOthersInCommon(WholeRegistry registry) throws Exception {
        JsonNode first = status(registry, CustodianSite.FIRST);
        JsonNode second = status(registry, CustodianSite.SECOND);
        assertThat(first.path("checkValues").propertyNames()).contains("holder-index", "access-log-index");
        assertThat(first.path("checkValues")).isEqualTo(second.path("checkValues"));
        assertThat(first.path("receiptKey")).isNotEqualTo(second.path("receiptKey"));
        assertThat(List.of(
                        first.path("custodian").asString(),
                        second.path("custodian").asString()))
                .containsExactly("local", "local-2");
    }

    private static JsonNode status(WholeRegistry registry, CustodianSite site) throws Exception {
        Path answer = registry.layout().run().resolve("answer.json");
        Process asking = registry.custodianCommand(
                        "status",
                        "--as",
                        site.person(registry.layout(), "operator").toString())
                .redirectOutput(answer.toFile())
                .start();
        assertThat(asking.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(asking.exitValue()).isZero();
        return JsonMapper.shared().readTree(answer);
    }
}
