package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.keyring.AccessIndexVersions;
import eu.diplomatics.registry.Client.Answer;
import eu.diplomatics.registry.keys.KeyOperation;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** R16: the index keys of the access log are rotated by one command, which says what it waits for. */
class AccessLogIndexTest {
    private static final Duration A_YEAR_AND_A_DAY = Duration.ofDays(366);
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Clock.systemUTC().instant().plus(ahead.get());
    private final SchedulerLooks looks = new SchedulerLooks();
    private final RegistryFixture fixture = RegistryFixture.prepared().at(clock).with(KeyOperation.class, looks);

    @BeforeEach
    void start() {
        fixture.start();
        assertThat(fixture.client()
                        .post("/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(1)))
                        .status())
                .isEqualTo(201);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void withoutTheCustodiansHalfTheCommandFailsAndSaysWhoHasToMakeItThenItWorks() {
        try (QuerySide query = new QuerySide(fixture)) {
            JsonNode failed = rotate();
            assertThat(failed.path("state").asString()).isEqualTo("FAILED");
            assertThat(failed.path("error").asString())
                    .contains("the custodian lacks access-log-index-2", "its operators make it");
            assertThat(versions()).isEqualTo("access-log-index");

            fixture.custodian().newAccessLogIndex();
            JsonNode done = rotate();
            assertThat(done.path("state").asString()).as(done.toString()).isEqualTo("DONE");
            assertThat(versions()).isEqualTo("access-log-index-2 access-log-index");
        }
    }

    @Test
    void withoutAQueryServiceTheCommandFailsAndSaysSo() {
        fixture.custodian().newAccessLogIndex();
        JsonNode failed = rotate();
        assertThat(failed.path("state").asString()).isEqualTo("FAILED");
        assertThat(failed.path("error").asString()).contains("no query-service has looked");
        assertThat(fixture.bean(AccessIndexVersions.class).active()).isEqualTo(1);
    }

    @Test
    void whenItIsDueAndTheCustodianLacksItReadinessIsRedAndItIsAskedForNowAndThenUntilItIsThere() {
        fixture.custodian().newHolderIndex();
        try (QuerySide query = new QuerySide(fixture)) {
            ahead.set(A_YEAR_AND_A_DAY);
            await().atMost(LIMIT).until(() -> failures() == 1);
            await().atMost(LIMIT)
                    .until(() -> fixture.client()
                            .get("/actuator/health/readiness")
                            .json()
                            .at("/components/keyPeriods/details/overdue")
                            .toString()
                            .contains("\"access-log-index\""));
            ahead.set(A_YEAR_AND_A_DAY.plusMinutes(45));
            looks.awaitTwoMore(LIMIT);
            assertThat(failures()).isEqualTo(1);
            fixture.custodian().newAccessLogIndex();
            ahead.set(A_YEAR_AND_A_DAY.plusMinutes(75));
            await().atMost(LIMIT).until(this::versions, Predicate.isEqual("access-log-index-2 access-log-index"));
        }
    }

    private long failures() {
        long failures = 0;
        for (JsonNode operation : fixture.client()
                .as("controller:ann")
                .get("/v1/keys/operations")
                .json()
                .path("operations")) {
            if (operation.path("kind").asString().equals("access-log-index")
                    && operation.path("state").asString().equals("FAILED")) {
                failures++;
            }
        }
        return failures;
    }

    private JsonNode rotate() {
        Client controller = fixture.client().as("controller:ann");
        Answer begun = controller.post("/v1/keys/operations", "{\"kind\":\"access-log-index\"}");
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        return await().atMost(Duration.ofMinutes(4))
                .until(
                        () -> controller.get(begun.header("Location")).json(),
                        operation -> !operation.path("state").asString().matches("PENDING|RUNNING"));
    }

    private String versions() {
        StringBuilder versions = new StringBuilder();
        for (JsonNode key :
                fixture.client().as("controller:ann").get("/v1/keys").json().path("keys")) {
            if (key.path("name").asString().equals("access-log-index")) {
                key.path("versions")
                        .forEach(each ->
                                versions.append(each.path("version").asString()).append(' '));
            }
        }
        return versions.toString().strip();
    }
}
