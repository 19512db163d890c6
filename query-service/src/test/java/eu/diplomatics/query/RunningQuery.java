package eu.diplomatics.query;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running query-service as its callers see it. */
final class RunningQuery implements AutoCloseable {
    static final String[] AGENCY = {
        "X-Caller", "agency:VDAB", "X-Purpose", "job-mediation", "X-Case", "case 2026/17", "X-End-User", "u-4711"
    };
    private static final JsonMapper JSON = JsonMapper.shared();

    private final URI base;
    private final AutoCloseable process;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private volatile @Nullable ServedContract contract;

    RunningQuery(URI base, AutoCloseable process) {
        this.base = base;
        this.process = process;
    }

    /** An answer; {@code json} is missing where there was no body. */
    record Answer(int status, JsonNode json, HttpResponse<String> response) {
        String code() {
            return json.path("code").asString("");
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    Answer consult(String insz, String... more) {
        return post("/v1/consultations", "{\"insz\":\"" + insz + "\"}", agency(more));
    }

    Answer read(String path, String... more) {
        return send("GET", path, null, agency(more));
    }

    static String[] agency(String... more) {
        List<String> headers = new ArrayList<>(List.of(AGENCY));
        headers.addAll(List.of(more));
        return headers.toArray(String[]::new);
    }

    Answer post(String path, String body, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Content-Type", "application/json"));
        return send("POST", path, body, all.toArray(String[]::new));
    }

    Answer get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    Answer sendBytes(String path, byte[] body, String contentType, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Content-Type", contentType));
        return exchange("POST", path, HttpRequest.BodyPublishers.ofByteArray(body), all.toArray(String[]::new));
    }

    Answer send(String method, String path, @Nullable String body, String... headers) {
        return exchange(
                method,
                path,
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body),
                headers);
    }

    private Answer exchange(String method, String path, HttpRequest.BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(40))
                .method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            String text = response.body();
            String type = response.headers().firstValue("Content-Type").orElse("");
            boolean isLines = type.startsWith("application/x-ndjson");
            if (!path.startsWith("/actuator") && !path.equals("/openapi.json") && !isLines) {
                contract().check(method, path, response.statusCode(), type, text);
            }
            boolean isObject = text.startsWith("{") && !isLines;
            return new Answer(response.statusCode(), isObject ? JSON.readTree(text) : JSON.missingNode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private ServedContract contract() {
        ServedContract known = contract;
        if (known == null) {
            known = new ServedContract(get("/openapi.json").response().body());
            contract = known;
        }
        return known;
    }

    /** A part of the service, where it runs in this JVM. */
    <T> T bean(Class<T> type) {
        return ((ApplicationContext) process).getBean(type);
    }

    <T> T bean(String name, Class<T> type) {
        return ((ApplicationContext) process).getBean(name, type);
    }

    URI base() {
        return base;
    }

    /** The projection's own report. */
    JsonNode standing() {
        return get("/actuator/projection").json();
    }

    @Override
    public void close() {
        try {
            process.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        client.close();
    }
}
