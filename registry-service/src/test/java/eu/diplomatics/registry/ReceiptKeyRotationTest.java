package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.registry.Client.Answer;
import eu.diplomatics.registry.receipt.Receipts;
import java.time.Duration;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The receipt key is rotated, and receipts given before stay what they are. */
class ReceiptKeyRotationTest {
    @Test
    void aReceiptGivenBeforeIsGivenAgainAndVerifiesWhileNewPlacesGetTheNewKey() {
        try (RegistryFixture fixture = RegistryFixture.prepared().start()) {
            Client client = fixture.client();
            String body = Samples.registration("receipt-rotation", Samples.insz(1));
            Answer first = client.post("/v1/qualifications", body);
            assertThat(client.get("/v1/receipt-keys").json().path("keys").size())
                    .isEqualTo(1);
            Client controller = client.as("controller:ann");
            Answer begun = controller.post("/v1/keys/operations", "{\"kind\":\"receipt-key\"}");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> "DONE"
                            .equals(controller
                                    .get(begun.header("Location"))
                                    .json()
                                    .path("state")
                                    .asString()));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() ->
                            client.get("/v1/receipt-keys").json().path("keys").size() == 2);
            assertThat(client.post("/v1/qualifications", body).json()).isEqualTo(first.json());

            UUID reference = UUID.fromString(first.json().path("reference").asString());
            var stored = fixture.bean(EventReader.class).stream(reference).getFirst();
            String later = fixture.bean(Receipts.class)
                    .of(new EventPlace(
                            reference,
                            1,
                            stored.position(),
                            stored.recordedAt().plus(Duration.ofHours(1)),
                            stored.leaf()))
                    .keyId();
            assertThat(later).isNotEqualTo(first.json().path("keyId").asString());
            assertThat(client.get("/v1/receipt-keys").text()).contains(later);
        }
    }
}
