package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.keyring.SecretVersions;
import eu.diplomatics.registry.Client.Answer;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The key of the log's checkpoints is replaced (R16), and nobody who verifies is surprised by it. */
class CheckpointKeyRotationTest {
    private static final Duration CHANGEOVER = Duration.ofDays(90);

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Clock.systemUTC().instant().plus(ahead.get());

    @Test
    void bothKeysSignDuringTheChangeoverAndTheListOfKeysVerifiesEverything() {
        try (RegistryFixture fixture = RegistryFixture.prepared()
                .at(clock)
                .with("DIPLOMATICS_TRANSPARENCY_INTERVAL", "200ms")
                .with("DIPLOMATICS_TRANSPARENCY_NAME", "registry.example")
                .start()) {
            Client nobody = fixture.client().as("");
            OpenApi api = new OpenApi(nobody);
            byte[] first = sealed(fixture, 1);
            VerifierKey pinned = keys(nobody).getFirst();
            rotate(fixture.client().as("controller:ann"));
            assertThat(verifies(sealed(fixture, 2), pinned)).isTrue();

            ahead.set(SecretVersions.LEAD.plusSeconds(1));
            byte[] during = sealed(fixture, 3);
            List<VerifierKey> both = keys(nobody);
            assertThat(both).hasSize(2).last().isEqualTo(pinned);
            assertThat(verifies(during, both.getFirst())).as("the new key").isTrue();
            assertThat(verifies(during, pinned)).as("the pinned key").isTrue();
            JsonNode validity = api.check("GET", "/v1/log/keys", nobody.get("/v1/log/keys"))
                    .json()
                    .path("keys");
            assertThat(validity.path(0).has("signsUntil")).isFalse();
            assertThat(Duration.between(
                            Instant.parse(validity.path(0).path("signsFrom").asString()),
                            Instant.parse(validity.path(1).path("signsUntil").asString())))
                    .isEqualTo(CHANGEOVER);

            ahead.set(CHANGEOVER.plus(SecretVersions.LEAD).plusMinutes(1));
            byte[] after = sealed(fixture, 4);
            assertThat(verifies(after, both.getFirst())).isTrue();
            assertThatExceptionOfType(NoteException.class)
                    .isThrownBy(() -> verifies(after, pinned))
                    .returns(NoteException.Reason.LOG_SIGNATURE_MISSING, NoteException::reason);
            for (byte[] note : List.of(first, during, after)) {
                assertThat(new CheckpointVerifier(keys(nobody), List.of(), 0)
                                .verify(note)
                                .head()
                                .size())
                        .isPositive();
            }
            assertThat(nobody.get("/v1/log/proof/consistency?from=1").status()).isEqualTo(200);
        }
    }

    private static boolean verifies(byte[] note, VerifierKey key) {
        return new CheckpointVerifier(key, List.of(), 0).verify(note).head().size() > 0;
    }

    private static List<VerifierKey> keys(Client nobody) {
        return nobody.get("/v1/log/key").text().lines().map(VerifierKey::parse).toList();
    }

    /** A checkpoint that covers a registration made now. */
    private static byte[] sealed(RegistryFixture fixture, int person) {
        Answer receipt = fixture.client()
                .post("/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(person)));
        assertThat(receipt.status()).as(receipt.text()).isEqualTo(201);
        String proof = "/v1/receipts/" + receipt.json().path("position").asLong() + "/proof";
        Answer sealed = await().atMost(Duration.ofSeconds(60))
                .until(() -> fixture.client().as("").get(proof), answer -> answer.status() == 200);
        return sealed.json().path("checkpoint").asString().getBytes(StandardCharsets.UTF_8);
    }

    private static void rotate(Client controller) {
        Answer begun = controller.post("/v1/keys/operations", "{\"kind\":\"checkpoint-key\"}");
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> "DONE"
                        .equals(controller
                                .get(begun.header("Location"))
                                .json()
                                .path("state")
                                .asString()));
    }
}
