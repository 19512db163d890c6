package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.registry.Client.Answer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What happens to keys by itself as time goes by. */
class KeyScheduleTest {
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Clock.systemUTC().instant().plus(ahead.get());
    private final RegistryFixture fixture = RegistryFixture.prepared().at(clock);

    @BeforeEach
    void start() {
        fixture.start();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void theKeyringIsRewrittenEachNightByItselfWhileRegistrationsGoOn() {
        register(1);
        String kek = kek().path("version").asString();
        for (int night = 1; night <= 2; night++) {
            String before = kek;
            ahead.set(Duration.ofDays(night));
            Instant moved = clock.instant();
            kek = Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> kek().path("version").asString(), now -> !now.equals(before));
            assertThat(Instant.parse(kek().path("madeAt").asString())).isAfterOrEqualTo(moved.minusSeconds(60));
            assertThat(register(1 + night).status()).isEqualTo(201);
        }
        Client controller = fixture.client().as("controller:ann");
        Answer operations = controller.get("/v1/keys/operations");
        assertThat(operations.status()).as(operations.text()).isEqualTo(200);
        assertThat(operations.json().at("/operations/0/requestedBy").asString())
                .as(operations.text())
                .isEqualTo("scheduler");
    }

    @Test
    void aKeyThatIsUsedForTooLongTurnsReadinessRedUntilItsRotationWorksAgain() throws SQLException {
        register(1);
        assertThat(readiness().path("status").asString()).isEqualTo("UP");
        // somebody holds the keyring, so the nightly rewrite cannot begin
        try (Connection other = superuser()) {
            other.setAutoCommit(false);
            other.createStatement().execute("LOCK TABLE keyring.data_key IN ROW EXCLUSIVE MODE");
            ahead.set(Duration.ofDays(2));
            JsonNode red = Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            this::readiness,
                            health -> "DOWN".equals(health.path("status").asString()));
            assertThat(red.at("/components/keyPeriods/details/overdue/0").asString())
                    .isEqualTo("kek");
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        this::readiness,
                        health -> "UP".equals(health.path("status").asString()));
    }

    @Test
    void theControllerRewritesTheKeyringAndSeesEveryKey() {
        register(1);
        Client controller = fixture.client().as("controller:ann");
        String before = kek().path("version").asString();
        Answer begun = controller.post("/v1/keys/operations", "{\"kind\":\"keyring\"}");
        assertThat(begun.status()).isEqualTo(202);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> "DONE"
                        .equals(controller
                                .get(begun.header("Location"))
                                .json()
                                .path("state")
                                .asString()));
        assertThat(kek().path("version").asString()).isNotEqualTo(before);
        assertThat(controller.get("/v1/keys").json().path("keys").findValuesAsString("name"))
                .contains("kek", "reference-key", "receipt-key", "index-k1", "batch-key", "command-id-key");
        assertThat(register(2).status()).isEqualTo(201);
    }

    private JsonNode readiness() {
        return fixture.client().get("/actuator/health/readiness").json();
    }

    private JsonNode kek() {
        for (JsonNode key :
                fixture.client().as("controller:ann").get("/v1/keys").json().path("keys")) {
            if (key.path("name").asString().equals("kek")) {
                return key.path("versions").path(0);
            }
        }
        throw new AssertionError("no kek");
    }

    private Answer register(int number) {
        return fixture.client().post("/v1/qualifications", body(number));
    }

    private static String body(int number) {
        return Samples.registration("key-schedule-" + number, Samples.insz(number));
    }

    private Connection superuser() throws SQLException {
        Login login = TestServices.postgres().superuser();
        return DriverManager.getConnection(
                fixture.database(Database.KEYRING).url(), login.username(), login.password());
    }
}
