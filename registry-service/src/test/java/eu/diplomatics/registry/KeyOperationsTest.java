package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.registry.Client.Answer;
import eu.diplomatics.registry.keys.KeyOperation;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Work on keys: asked for by the controller, one at a time, watched, taken up again. */
class KeyOperationsTest {
    private static final String PATH = "/v1/keys/operations";

    private final Scripted scripted = new Scripted();
    private final RegistryFixture fixture = RegistryFixture.prepared().with(KeyOperation.class, scripted);

    /** Runs what the test gives it. */
    private static final class Scripted implements KeyOperation {
        private final BlockingQueue<Consumer<Run>> script = new LinkedBlockingQueue<>();
        private final List<String> runs = new CopyOnWriteArrayList<>();

        @Override
        public String kind() {
            return "scripted";
        }

        @Override
        public String description() {
            return "what the test wants";
        }

        @Override
        public Set<String> arguments() {
            return Set.of("colour");
        }

        @Override
        public void run(Run run) {
            runs.add(run.id() + " " + run.arguments());
            try {
                Consumer<Run> next = script.poll(60, TimeUnit.SECONDS);
                if (next != null) {
                    next.accept(run);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @BeforeEach
    void start() {
        fixture.start();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void anOperationIsWatchedFromBeginToEnd() {
        Semaphore go = new Semaphore(0);
        scripted.script.add(run -> {
            run.step("counting");
            run.progress(3, 4);
            go.acquireUninterruptibly();
        });
        Answer begun = begin("{\"kind\":\"scripted\",\"colour\":\"red\"}");
        assertThat(begun.status()).isEqualTo(202);
        OpenApi openApi = new OpenApi(controller());
        openApi.check("post", PATH, begun);
        String path = begun.header("Location");
        JsonNode running = await(path, operation -> operation.path("done").asInt() == 3);
        assertThat(running.path("step").asString()).isEqualTo("counting");
        assertThat(running.path("total").asInt()).isEqualTo(4);
        assertThat(running.has("estimatedStepEnd")).isTrue();
        assertThat(begin("{\"kind\":\"scripted\",\"colour\":\"red\"}").header("Location"))
                .as("the same again is the same")
                .isEqualTo(path);
        assertThat(begin("{\"kind\":\"scripted\"}").code()).isEqualTo("OPERATION_UNDER_WAY");
        go.release();
        await(path, operation -> "DONE".equals(operation.path("state").asString()));
        openApi.check("get", PATH + "/{id}", controller().get(path));
        Answer all = openApi.check("get", PATH, controller().get(PATH));
        assertThat(all.json().at("/operations/0/id")).isEqualTo(begun.json().path("id"));
        openApi.check("get", "/v1/keys", controller().get("/v1/keys"));
        assertThat(scripted.runs).singleElement().asString().endsWith("{colour=red}");
    }

    @Test
    void onlyTheControllerSeesAndDoesAnything() {
        for (String path : List.of("/v1/keys", PATH, PATH + "/00000000-0000-4000-8000-000000000000")) {
            assertThat(fixture.client().get(path).status()).isEqualTo(403);
            assertThat(fixture.client().as("").get(path).status()).isEqualTo(401);
        }
        assertThat(fixture.client().post(PATH, "{\"kind\":\"scripted\"}").status())
                .isEqualTo(403);
        assertThat(scripted.runs).isEmpty();
    }

    @Test
    void whatIsNotUnderstoodIsRefusedAndNotRepeated() {
        for (String body : List.of(
                "{\"kind\":\"zebra\"}",
                "{\"kind\":\"scripted\",\"zebra\":\"1\"}",
                "{\"kind\":3}",
                "[]",
                "{",
                "{\"kind\":\"scripted\",\"kind\":\"scripted\"}")) {
            Answer answer = begin(body);
            assertThat(answer.status()).as(body).isEqualTo(400);
            assertThat(answer.text()).doesNotContain("zebra");
        }
        assertThat(begin("{}").code()).isEqualTo("FIELD_REQUIRED");
        assertThat(controller()
                        .get(PATH + "/00000000-0000-4000-8000-000000000000")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aFailureIsTriedAgainAFewTimesAndItsMessageIsNotKept() {
        for (int i = 0; i < 5; i++) {
            scripted.script.add(run -> {
                throw new IllegalStateException("zebra");
            });
        }
        String path = begin("{\"kind\":\"scripted\"}").header("Location");
        JsonNode failed =
                await(path, operation -> "FAILED".equals(operation.path("state").asString()));
        assertThat(failed.path("error").asString()).isEqualTo("IllegalStateException");
        assertThat(scripted.runs).hasSize(5);
    }

    @Test
    void whileOneWaitsForWhatIsAwayOthersComeToTheirEnd() {
        for (int i = 0; i < 100; i++) {
            scripted.script.add(run -> {
                throw new KeysUnavailableException("away");
            });
        }
        String waiting = begin("{\"kind\":\"scripted\"}").header("Location");
        await(waiting, operation -> "away".equals(operation.path("error").asString("")));
        String other = begin("{\"kind\":\"batch-key\"}").header("Location");
        await(other, operation -> "DONE".equals(operation.path("state").asString()));
        assertThat(controller().get(waiting).json().path("state").asString()).isEqualTo("RUNNING");
        scripted.script.clear();
        scripted.script.add(run -> run.progress(1, 1));
        await(waiting, operation -> "DONE".equals(operation.path("state").asString()));
    }

    @Test
    void aValueThatCannotBeUsedIsRefusedBeforeAnythingBegins() {
        for (String share : List.of("20%", "0", "1.1", "-1", "NaN")) {
            Answer refused = begin("{\"kind\":\"data-keys\",\"share\":\"" + share + "\"}");
            assertThat(refused.status()).as(share).isEqualTo(400);
            assertThat(refused.text()).contains("/share");
        }
        assertThat(controller().get(PATH).json().path("operations").size()).isZero();
    }

    @Test
    void anUnfinishedOperationIsTakenUpAfterARestart() {
        Semaphore begun = new Semaphore(0);
        scripted.script.add(run -> {
            begun.release();
            // until the service stops, which is said here
            while (true) {
                run.progress(1, 2);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        });
        String path = begin("{\"kind\":\"scripted\"}").header("Location");
        begun.acquireUninterruptibly();
        fixture.stop();
        scripted.script.add(run -> run.progress(2, 2));
        fixture.start();
        JsonNode done =
                await(path, operation -> "DONE".equals(operation.path("state").asString()));
        assertThat(done.path("done").asInt()).isEqualTo(2);
        assertThat(scripted.runs).hasSize(2).allMatch(scripted.runs.getFirst()::equals);
    }

    @Test
    void whatWasDecidedOnceStandsAfterAKill() {
        List<String> decided = new CopyOnWriteArrayList<>();
        for (String decision : List.of("first", "second")) {
            scripted.script.add(run -> {
                decided.add(run.once(() -> decision));
                if (decided.size() == 1) {
                    throw new IllegalStateException("killed");
                }
            });
        }
        String path = begin("{\"kind\":\"scripted\"}").header("Location");
        await(path, operation -> "DONE".equals(operation.path("state").asString()));
        assertThat(decided).containsExactly("first", "first");
    }

    @Test
    void aRotationWhoseEndWasNotNotedMakesNoFurtherVersion() throws Exception {
        fixture.bean(Keyring.class).secret("receipt-key").close();
        String path = begin("{\"kind\":\"receipt-key\"}").header("Location");
        await(path, operation -> "DONE".equals(operation.path("state").asString()));
        // as a kill just before the end was noted leaves it
        try (Connection connection = superuser();
                var statement = connection.createStatement()) {
            statement.execute("UPDATE keys.operation SET state = 'RUNNING', finished_at = NULL");
        }
        await(path, operation -> "DONE".equals(operation.path("state").asString()));
        assertThat(fixture.bean(Keyring.class).secretVersions("receipt-key")).hasSize(2);
    }

    @Test
    void whoeverLosesTheTurnDoesNothingMoreAndAnotherAttemptFinishes() throws Exception {
        Semaphore begun = new Semaphore(0);
        Semaphore go = new Semaphore(0);
        List<String> after = new CopyOnWriteArrayList<>();
        scripted.script.add(run -> {
            begun.release();
            go.acquireUninterruptibly();
            run.progress(1, 2);
            after.add("went on without the turn");
        });
        scripted.script.add(run -> run.progress(2, 2));
        String path = begin("{\"kind\":\"scripted\"}").header("Location");
        begun.acquireUninterruptibly();
        assertThat(superuser("SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'"
                        + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"))
                .isEqualTo(1);
        go.release();
        await(path, operation -> "DONE".equals(operation.path("state").asString()));
        assertThat(after).isEmpty();
    }

    @Test
    void aSecondInstanceWaitsForItsTurn() throws Exception {
        try (Connection other = superuser()) {
            other.createStatement().execute("SELECT pg_advisory_lock(hashtext('keys.operation'))");
            scripted.script.add(run -> {});
            String path = begin("{\"kind\":\"scripted\"}").header("Location");
            Awaitility.await()
                    .during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> "PENDING"
                            .equals(controller().get(path).json().path("state").asString()));
            other.close();
            await(path, operation -> "DONE".equals(operation.path("state").asString()));
        }
    }

    private Client controller() {
        return fixture.client().as("controller:ann");
    }

    private Answer begin(String body) {
        return controller().post(PATH, body);
    }

    private JsonNode await(String path, java.util.function.Predicate<JsonNode> wanted) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> controller().get(path).json(), wanted::test);
    }

    private Connection superuser() throws SQLException {
        Login login = TestServices.postgres().superuser();
        return DriverManager.getConnection(
                fixture.database(Database.REGISTRY).url(), login.username(), login.password());
    }

    private @Nullable Integer superuser(String query) throws SQLException {
        try (Connection connection = superuser();
                var row = connection.createStatement().executeQuery(query)) {
            return row.next() ? row.getInt(1) : null;
        }
    }
}
