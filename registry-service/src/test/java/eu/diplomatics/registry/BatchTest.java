package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.registry.Client.Answer;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Item 6: batches. */
class BatchTest {
    private final Client client = RegistryFixture.shared().client();

    @Test
    void one_duplicate_among_500_rows_and_bad_rows_never_hurt_their_neighbours() {
        String taken = Samples.reference();
        Answer first = client.post("/v1/qualifications", Samples.registration(taken, Samples.insz(5)));
        List<String> lines = new java.util.ArrayList<>(IntStream.range(0, 500)
                .mapToObj(n -> Samples.registration(Samples.reference(), Samples.insz(n)))
                .toList());
        lines.set(100, Samples.registration(taken, Samples.insz(5)));
        lines.set(200, "no JSON at all");
        lines.set(300, Samples.registration(taken, Samples.insz(6)));
        lines.set(400, lines.get(399));

        Batch batch = Batch.ndjson(client, UUID.randomUUID().toString(), String.join("\n", lines));
        JsonNode status = batch.awaitDone();
        assertThat(status.path("state").asString()).isEqualTo("DONE");
        assertThat(List.of(
                        status.path("rows").asInt(),
                        status.path("accepted").asInt(),
                        status.path("duplicate").asInt(),
                        status.path("rejected").asInt()))
                .containsExactly(500, 496, 2, 2);
        List<JsonNode> results = batch.results();
        assertThat(results).hasSize(500);
        assertThat(results.get(100).path("receipt")).isEqualTo(first.json());
        assertThat(results.get(200).path("errors").get(0).path("code").asString())
                .isEqualTo("MALFORMED");
        assertThat(results.get(300).path("errors").get(0).path("code").asString())
                .isEqualTo("REFERENCE_CONFLICT");
        assertThat(results.get(400).path("receipt")).isEqualTo(results.get(399).path("receipt"));
        assertThat(batch.rejected().lines()).hasSize(2);
    }
}
