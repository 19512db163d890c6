package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A job survives SIGKILL at any point, and answers that cannot be kept: the same results, nothing lost, nothing doubled. */
class ResumeTest {
    private static final int ROWS = 6_000;
    private static final int KILLS = 2;
    /** After as many of a fault a job is given up. */
    private static final int MOST_FAILURES = 3;

    @Test
    void a_chunk_that_was_appended_and_not_marked_when_sigkill_came_is_accepted_once() throws SQLException {
        int rows = 1_200;
        String body = IntStream.range(0, rows)
                .mapToObj(n -> Samples.registration(Samples.reference(), Samples.insz(n)))
                .collect(Collectors.joining("\n"));
        try (RegistryFixture fixture = RegistryFixture.prepared()) {
            String path;
            try (RegistryProcess process = RegistryProcess.start(fixture, "384m");
                    Connection lock = superuser(fixture)) {
                lock.setAutoCommit(false);
                lock.createStatement().execute("LOCK TABLE batch.result IN SHARE MODE");
                path = Batch.ndjson(process.client(), UUID.randomUUID().toString(), body)
                        .path();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> head(process) == 1_000);
                assertThat(new Batch(process.client(), path)
                                .status()
                                .path("accepted")
                                .asInt())
                        .as("appended, but not marked")
                        .isZero();
                process.kill();
            }
            try (RegistryProcess process = RegistryProcess.start(fixture, "384m")) {
                Batch batch = new Batch(process.client(), path);
                assertThat(batch.awaitDone().path("accepted").asInt()).isEqualTo(rows);
                assertThat(batch.results())
                        .allSatisfy(result ->
                                assertThat(result.path("status").asString()).isEqualTo("ACCEPTED"));
                assertThat(head(process)).as("nothing doubled").isEqualTo(2L * rows);
            }
        }
    }

    @Test
    void a_chunk_whose_answers_cannot_be_kept_is_done_again_until_they_are_and_accepted_once() throws SQLException {
        int rows = 1_200;
        String body = IntStream.range(0, rows)
                .mapToObj(n -> Samples.registration(Samples.reference(), Samples.insz(n)))
                .collect(Collectors.joining("\n"));
        try (RegistryFixture fixture = RegistryFixture.prepared();
                RegistryProcess process = RegistryProcess.start(fixture, "384m");
                Connection superuser = superuser(fixture);
                Statement statement = superuser.createStatement()) {
            // as when the disk is full; the sequence counts what is rolled back
            statement.execute("""
                    CREATE SEQUENCE public.attempt;
                    CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                    BEGIN
                        PERFORM nextval('public.attempt');
                        RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full';
                    END $$;
                    CREATE TRIGGER refuse BEFORE INSERT ON batch.result FOR EACH ROW WHEN (NEW.number = 1)
                        EXECUTE FUNCTION public.refuse()""");
            Batch batch = Batch.ndjson(process.client(), UUID.randomUUID().toString(), body);
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> attempts(statement) > MOST_FAILURES);
            JsonNode waiting = batch.status();
            assertThat(waiting.path("state").asString()).isEqualTo("RUNNING");
            assertThat(waiting.path("accepted").asInt()).as("the first chunk's").isEqualTo(500);
            statement.execute("DROP TRIGGER refuse ON batch.result");

            assertThat(batch.awaitDone().path("accepted").asInt()).isEqualTo(rows);
            assertThat(batch.results())
                    .extracting(result -> result.path("status").asString())
                    .hasSize(rows)
                    .containsOnly("ACCEPTED");
            assertThat(head(process)).as("nothing doubled").isEqualTo(2L * rows);
        }
    }

    private static long attempts(Statement statement) throws SQLException {
        try (ResultSet row =
                statement.executeQuery("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM public.attempt")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static long head(RegistryProcess process) {
        return process.client().get("/actuator/registry").json().path("head").asLong();
    }

    private static Connection superuser(RegistryFixture fixture) throws SQLException {
        Login login = TestServices.postgres().superuser();
        return DriverManager.getConnection(
                fixture.database(Database.REGISTRY).url(), login.username(), login.password());
    }

    @RepeatedTest(2)
    void a_job_goes_on_after_sigkill_with_the_same_results_and_nothing_doubled() {
        Random random = new Random();
        String body = IntStream.range(0, ROWS)
                .mapToObj(n -> Samples.registration(Samples.reference(), Samples.insz(n / 2)))
                .collect(Collectors.joining("\n"));
        try (RegistryFixture fixture = RegistryFixture.prepared()) {
            String key = UUID.randomUUID().toString();
            String path;
            RegistryProcess process = RegistryProcess.start(fixture, "384m");
            path = Batch.ndjson(process.client(), key, body).path();
            for (int kill = 0; kill < KILLS; kill++) {
                long enough = (long) (ROWS * (kill + random.nextDouble()) / (KILLS + 1));
                Batch seen = new Batch(process.client(), path);
                Awaitility.await()
                        .atMost(Duration.ofMinutes(1))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> seen.status().path("accepted").asLong() >= enough);
                process.close();
                process = RegistryProcess.start(fixture, "384m");
            }
            try (RegistryProcess last = process) {
                Batch batch = Batch.ndjson(last.client(), key, body);
                assertThat(batch.path())
                        .as("the file sent again is the same job")
                        .isEqualTo(path);
                JsonNode status = batch.awaitDone();
                assertThat(status.path("accepted").asInt()).isEqualTo(ROWS);
                List<JsonNode> results = batch.results();
                assertThat(results).hasSize(ROWS);
                assertThat(results)
                        .allSatisfy(result ->
                                assertThat(result.path("status").asString()).isEqualTo("ACCEPTED"));
                Set<String> references = new HashSet<>();
                Set<Long> positions = new HashSet<>();
                results.forEach(result -> {
                    references.add(result.path("receipt").path("reference").asString());
                    positions.add(result.path("receipt").path("position").asLong());
                });
                assertThat(references).hasSize(ROWS);
                assertThat(positions).hasSize(ROWS);
                long holders = ROWS / 2;
                assertThat(last.client()
                                .get("/actuator/registry")
                                .json()
                                .path("head")
                                .asLong())
                        .as("one event a row and one a holder, and no other")
                        .isEqualTo(ROWS + holders);
                assertThat(last.log()).doesNotContain(Samples.insz(1)).doesNotContain("sociologie");
            }
        }
    }
}
