package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.registry.Client.Answer;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** A file that was sent. */
record Batch(Client client, String path) {
    static Answer send(Client client, String type, String key, String query, BodyPublisher body) {
        return client.with("Idempotency-Key", key).with("Content-Type", type).send("POST", "/v1/batches" + query, body);
    }

    static Batch ndjson(Client client, String key, String body) {
        return of(client, send(client, "application/x-ndjson", key, "", BodyPublishers.ofString(body)));
    }

    static Batch csv(Client client, String key, String body) {
        return of(client, send(client, "text/csv", key, "", BodyPublishers.ofString(body)));
    }

    static Batch led(Client client, String key, String body) {
        return of(client, send(client, "application/xml", key, "", BodyPublishers.ofString(body)));
    }

    static Batch of(Client client, Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return new Batch(client, answer.header("Location"));
    }

    JsonNode status() {
        return client.get(path).json();
    }

    JsonNode awaitDone() {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(
                        this::status,
                        status -> List.of("DONE", "FAILED")
                                .contains(status.path("state").asString()));
    }

    List<JsonNode> results() {
        return client.get(path + "/results").lines();
    }

    Answer rejectedAnswer() {
        return client.get(path + "/rejected");
    }

    String rejected() {
        return rejectedAnswer().text();
    }
}
