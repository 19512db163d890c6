package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.registry.Client.Answer;
import org.junit.jupiter.api.Test;

/** Item 6: the registration API as the contract says. */
class RegistrationTest {
    private final Client client = RegistryFixture.shared().client();

    @Test
    void registers_corrects_annuls_and_reinstates_with_a_receipt_each() {
        String reference = Samples.reference();
        String body = Samples.registration(reference, Samples.insz(1));

        Answer registered = client.post("/v1/qualifications", body);
        assertThat(registered.status()).as(registered.text()).isEqualTo(201);
        assertThat(registered.header("ETag")).isEqualTo("\"1\"");
        String location = registered.header("Location");
        assertThat(location)
                .isEqualTo("/v1/qualifications/"
                        + registered.json().path("reference").asString());

        Answer again = client.post("/v1/qualifications", body);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json()).isEqualTo(registered.json());

        Answer corrected =
                client.with("If-Match", "\"1\"").put(location, Samples.correction("Master in de sociologie"));
        assertThat(corrected.status()).as(corrected.text()).isEqualTo(200);
        assertThat(corrected.header("ETag")).isEqualTo("\"2\"");

        Answer annulled = client.post(location + "/annulment", Samples.reason("ISSUED_IN_ERROR"));
        assertThat(annulled.status()).as(annulled.text()).isEqualTo(200);
        assertThat(annulled.json().path("version").asInt()).isEqualTo(3);
        assertThat(client.post(location + "/annulment", Samples.reason("ISSUED_IN_ERROR"))
                        .json())
                .isEqualTo(annulled.json());

        Answer reinstated = client.post(location + "/reinstatement", Samples.reason("FOUND_VALID"));
        assertThat(reinstated.status()).isEqualTo(200);
        assertThat(reinstated.json().path("version").asInt()).isEqualTo(4);
    }
}
