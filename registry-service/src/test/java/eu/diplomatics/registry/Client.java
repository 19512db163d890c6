package eu.diplomatics.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks HTTP to the service as an institution does; knows nothing of its code. */
final class Client {
    static final String SUPPLIER = "supplier:kuleuven";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final String base;
    private final List<String> headers = new ArrayList<>();

    Client(String base) {
        this.base = base;
        headers.addAll(List.of("X-Caller", SUPPLIER));
    }

    private Client(String base, List<String> headers) {
        this.base = base;
        this.headers.addAll(headers);
    }

    /** As somebody else; empty for nobody. */
    Client as(String caller) {
        return new Client(base, caller.isEmpty() ? List.of() : List.of("X-Caller", caller));
    }

    Client with(String header, String value) {
        Client client = new Client(base, headers);
        client.headers.addAll(List.of(header, value));
        return client;
    }

    Answer get(String path) {
        return send("GET", path, BodyPublishers.noBody());
    }

    Answer post(String path, String body) {
        return withType("application/json").send("POST", path, BodyPublishers.ofString(body));
    }

    Answer put(String path, String body) {
        return withType("application/json").send("PUT", path, BodyPublishers.ofString(body));
    }

    private Client withType(String type) {
        return headers.contains("Content-Type") ? this : with("Content-Type", type);
    }

    Answer send(String method, String path, BodyPublisher body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .method(method, body)
                .timeout(Duration.ofSeconds(120));
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        try {
            return new Answer(HTTP.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** An answer of the service. */
    record Answer(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        String text() {
            return response.body();
        }

        JsonNode json() {
            return JSON.readTree(text());
        }

        List<JsonNode> lines() {
            return text().lines().map(line -> (JsonNode) JSON.readTree(line)).toList();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        String code() {
            return json().path("code").asString("");
        }
    }
}
