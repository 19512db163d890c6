package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.Keyring.SecretVersion;
import eu.diplomatics.keyring.SecretVersions;
import eu.diplomatics.registry.Client.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys by which what is sent again is recognised are rotated (R16), and it still is, as long as it was promised. */
class SecretRotationTest {
    private static final Duration A_NIGHT_LATER = Duration.ofDays(1);

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
    void aCommandSentAgainIsRecognisedUntilItsKeyIsForgottenAndThenTheOldVersionGoes() {
        String key = UUID.randomUUID().toString();
        String body = Samples.registration(Samples.reference(), Samples.insz(1));
        Answer first = register(key, body);
        assertThat(first.status()).isEqualTo(201);
        rotate("command-id-key");
        assertThat(register(key, body).json()).as("not in force yet").isEqualTo(first.json());

        pass(SecretVersions.LEAD.plusSeconds(1));
        String newKey = UUID.randomUUID().toString();
        String newBody = Samples.registration(Samples.reference(), Samples.insz(2));
        assertThat(register(newKey, newBody).status()).isEqualTo(201);
        assertThat(register(key, body).status()).as("as the first time").isEqualTo(201);
        assertThat(register(key, newBody).code()).isEqualTo("IDEMPOTENCY_CONFLICT");

        pass(Duration.ofDays(30));
        assertThat(register(key, body).status()).as("the key is forgotten").isEqualTo(200);
        assertThat(register(newKey, newBody).status()).isEqualTo(201);
        awaitVersions("command-id-key", "command-id-key-2");
        rotate("command-id-key");
        assertThat(versions("command-id-key")).containsExactly("command-id-key-2", "command-id-key-3");
    }

    @Test
    void aFileSentAgainIsRecognisedUntilItsJobIsForgottenAndThenTheOldVersionGoes() {
        String key = UUID.randomUUID().toString();
        String row = Samples.registration(Samples.reference(), Samples.insz(3));
        Batch before = Batch.ndjson(fixture.client(), key, row);
        before.awaitDone();
        rotate("batch-key");
        pass(SecretVersions.LEAD.plusSeconds(1));

        assertThat(Batch.ndjson(fixture.client(), key, row).path()).isEqualTo(before.path());
        assertThat(Batch.send(
                                fixture.client(),
                                "application/x-ndjson",
                                key,
                                "",
                                BodyPublishers.ofString(Samples.registration(Samples.reference(), Samples.insz(4))))
                        .code())
                .isEqualTo("IDEMPOTENCY_CONFLICT");
        String newKey = UUID.randomUUID().toString();
        Batch after = Batch.ndjson(fixture.client(), newKey, row);
        after.awaitDone();
        pass(A_NIGHT_LATER);
        assertThat(versions("batch-key")).as("its job is there").hasSize(2);
        assertThat(Batch.ndjson(fixture.client(), key, row).path()).isEqualTo(before.path());
        assertThat(Batch.ndjson(fixture.client(), newKey, row).path()).isEqualTo(after.path());

        pass(Duration.ofDays(7));
        awaitVersions("batch-key", "batch-key-2");
        assertThat(fixture.client().get(before.path()).status()).isEqualTo(404);
    }

    private Answer register(String key, String body) {
        return fixture.client().with("Idempotency-Key", key).post("/v1/qualifications", body);
    }

    private void rotate(String kind) {
        Client controller = fixture.client().as("controller:ann");
        Answer begun = controller.post("/v1/keys/operations", "{\"kind\":\"" + kind + "\"}");
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> "DONE"
                        .equals(controller
                                .get(begun.header("Location"))
                                .json()
                                .path("state")
                                .asString()));
    }

    /** And the night's work is done, if there was a night. */
    private void pass(Duration time) {
        String kek = fixture.bean(Keyring.class).keks().getFirst().id().toString();
        ahead.updateAndGet(before -> before.plus(time));
        if (time.toDays() > 0) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !fixture.bean(Keyring.class)
                            .keks()
                            .getFirst()
                            .id()
                            .toString()
                            .equals(kek));
        }
    }

    private void awaitVersions(String name, String... wanted) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            if (versions(name).size() != wanted.length) {
                rotate("keyring");
            }
            assertThat(versions(name)).containsExactly(wanted);
        });
    }

    private List<String> versions(String name) {
        return fixture.bean(Keyring.class).secretVersions(name).stream()
                .map(SecretVersion::name)
                .toList();
    }
}
