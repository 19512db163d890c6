package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.registry.Client.Answer;
import eu.diplomatics.registry.keys.KeyPeriods;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** R16: every type of key has a period, is rotated by itself when it is over, and turns readiness red when that fails. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeyAgesTest {
    private static final Duration GRACE = Duration.ofHours(6);

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Clock.systemUTC().instant().plus(ahead.get());
    private final RegistryFixture fixture = RegistryFixture.prepared().at(clock);
    private Map<String, JsonNode> before = Map.of();
    private @Nullable Connection nobodyRotates;
    private @Nullable QuerySide querySide;

    @BeforeAll
    void useEveryKeyOnce() throws SQLException {
        fixture.start();
        String row = Samples.registration(Samples.reference(), Samples.insz(1));
        assertThat(fixture.client()
                        .with("Idempotency-Key", UUID.randomUUID().toString())
                        .post("/v1/qualifications", row)
                        .status())
                .isEqualTo(201);
        Batch.ndjson(fixture.client(), UUID.randomUUID().toString(), row).awaitDone();
        assertThat(fixture.client()
                        .as("controller:ann")
                        .get("/v1/keys/inventory-key")
                        .status())
                .isEqualTo(200);
        await().atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(names())
                        .allSatisfy(
                                name -> assertThat(key(name).path("versions").size())
                                        .as(name)
                                        .isPositive()));
        before = keys();
        nobodyRotates = nobodyRotates();
    }

    @AfterAll
    void close() throws SQLException {
        letRotate();
        if (querySide != null) {
            querySide.close();
        }
        fixture.close();
    }

    private void letRotate() throws SQLException {
        if (nobodyRotates != null) {
            nobodyRotates.close();
        }
    }

    static Stream<String> names() {
        return KeyPeriods.DEFAULTS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("names")
    @Order(1)
    void aKeyWhoseRotationDoesNotWorkIsDueThenOverdueThenReadinessIsRed(String name) {
        Duration period = Objects.requireNonNull(KeyPeriods.DEFAULTS.get(name));
        try {
            ahead.set(Duration.ZERO);
            Instant due = Instant.parse(key(name).path("due").asString());
            Duration left = Duration.between(clock.instant(), due);
            assertThat(left).isLessThanOrEqualTo(period).isGreaterThan(period.minusHours(1));
            ahead.set(left.plus(GRACE).minusMinutes(5));
            assertThat(key(name).path("overdue").asBoolean()).isFalse();
            ahead.set(left.plus(GRACE).plusMinutes(5));
            assertThat(key(name).path("overdue").asBoolean()).isTrue();
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                JsonNode readiness =
                        fixture.client().get("/actuator/health/readiness").json();
                assertThat(readiness.path("status").asString()).isEqualTo("DOWN");
                List<String> overdue = new ArrayList<>();
                readiness.at("/components/keyPeriods/details/overdue").forEach(each -> overdue.add(each.asString()));
                assertThat(overdue).contains(name);
            });
        } finally {
            ahead.set(Duration.ZERO);
        }
    }

    @Test
    @Order(2)
    void whenTheirPeriodsAreOverAllAreRotatedByThemselves() throws SQLException {
        fixture.custodian().newHolderIndex();
        fixture.custodian().newAccessLogIndex();
        querySide = new QuerySide(fixture);
        ahead.set(Duration.ofDays(731));
        letRotate();
        await().atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    Map<String, JsonNode> now = keys();
                    assertThat(now.keySet()).containsAll(KeyPeriods.DEFAULTS.keySet());
                    assertThat(KeyPeriods.DEFAULTS.keySet())
                            .allSatisfy(name -> assertThat(newest(Objects.requireNonNull(now.get(name))))
                                    .as(name)
                                    .isNotEqualTo(newest(Objects.requireNonNull(before.get(name)))));
                });
        assertThat(fixture.client()
                        .post("/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(2)))
                        .status())
                .isEqualTo(201);
    }

    private static String newest(JsonNode key) {
        return key.path("versions").path(0).path("version").asString();
    }

    private JsonNode key(String name) {
        return Objects.requireNonNull(keys().get(name));
    }

    private Map<String, JsonNode> keys() {
        Map<String, JsonNode> keys = new TreeMap<>();
        Answer answer = fixture.client().as("controller:ann").get("/v1/keys");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        answer.json().path("keys").forEach(key -> keys.put(key.path("name").asString(), key));
        return keys;
    }

    /** Holds the turn that every operation on keys waits for. */
    private Connection nobodyRotates() throws SQLException {
        Login login = TestServices.postgres().superuser();
        Connection other = DriverManager.getConnection(
                fixture.database(Database.REGISTRY).url(), login.username(), login.password());
        other.createStatement().execute("SELECT pg_advisory_lock(hashtext('keys.operation'))");
        return other;
    }
}
