package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.registry.keys.KeyOperation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The keys of the blind index come of age: half of them is the custodian's, and its operators may be late. */
class IndexKeyDueTest {
    private static final String PATH = "/v1/keys/operations";
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Clock.systemUTC().instant().plus(ahead.get());
    private final SchedulerLooks looks = new SchedulerLooks();
    private final RegistryFixture fixture = RegistryFixture.prepared().at(clock).with(KeyOperation.class, looks);

    @BeforeEach
    void start() {
        fixture.start();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aRotationThatFailedIsAskedForAgainAfterAnHourAndNotAtEachLook() {
        register(1);
        ahead.set(Duration.ofDays(366));
        Awaitility.await().atMost(LIMIT).until(() -> states().contains("FAILED"));
        assertThat(rotations().getFirst().path("error").asString()).contains("holder-index-2");
        looks.awaitTwoMore(LIMIT);
        assertThat(states()).containsExactly("FAILED");
        assertThat(key("index-k1").path("versions").size())
                .as("no half of a version that the custodian has none of")
                .isEqualTo(1);

        fixture.custodian().newHolderIndex();
        ahead.set(Duration.ofDays(366).plusMinutes(61));
        Awaitility.await().atMost(LIMIT).until(() -> states().equals(List.of("DONE", "FAILED")));
        assertThat(key("holder-index").path("versions").path(0).path("version").asString())
                .isEqualTo("2");
    }

    @Test
    void withMoreHoldersThanItIsSetTheyRotateOnlyWhenSomebodyAsks() {
        fixture.stop();
        fixture.with("DIPLOMATICS_KEYS_INDEXBYITSELF", "1").start();
        fixture.custodian().newHolderIndex();
        register(1);
        register(2);
        ahead.set(Duration.ofDays(366));
        looks.awaitTwoMore(LIMIT);
        assertThat(states()).isEmpty();
        assertThat(Instant.parse(key("holder-index").path("due").asString())).isBefore(clock.instant());

        assertThat(controller().post(PATH, "{\"kind\":\"index-key\"}").status()).isEqualTo(202);
        Awaitility.await().atMost(LIMIT).until(() -> states().equals(List.of("DONE")));
    }

    private Client controller() {
        return fixture.client().as("controller:ann");
    }

    private List<JsonNode> rotations() {
        return controller()
                .get(PATH)
                .json()
                .path("operations")
                .valueStream()
                .filter(operation -> operation.path("kind").asString().equals("index-key"))
                .toList();
    }

    private List<String> states() {
        return rotations().stream()
                .map(operation -> operation.path("state").asString())
                .toList();
    }

    private JsonNode key(String name) {
        return controller()
                .get("/v1/keys")
                .json()
                .path("keys")
                .valueStream()
                .filter(key -> key.path("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void register(int number) {
        assertThat(fixture.client()
                        .post("/v1/qualifications", Samples.registration("index-due-" + number, Samples.insz(number)))
                        .status())
                .isEqualTo(201);
    }
}
