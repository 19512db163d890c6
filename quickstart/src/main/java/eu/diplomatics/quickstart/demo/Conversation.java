package eu.diplomatics.quickstart.demo;

import eu.diplomatics.quickstart.caller.Callers;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends requests, prints them with their answers, and counts the answers that are not as expected. */
final class Conversation {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final Callers callers;
    private final PrintStream out;
    private int step;
    private int checks;
    private int mismatches;

    Conversation(Callers callers, PrintStream out) {
        this.callers = callers;
        this.out = out;
    }

    /** An answer with its body as JSON; missing where there is none or it is no JSON. */
    record Answer(int status, Map<String, String> headers, String text) {
        JsonNode json() {
            try {
                return text.isBlank() ? MAPPER.missingNode() : MAPPER.readTree(text);
            } catch (JacksonException e) {
                return MAPPER.missingNode();
            }
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    void step(String title) {
        step++;
        out.println();
        out.println("── " + step + ". " + title);
    }

    Answer send(String method, String url, Map<String, String> headers, @Nullable String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT);
        headers.forEach(request::header);
        request.method(
                method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        out.println(method + " " + url);
        headers.forEach(
                (name, value) -> out.println(name.equals(Callers.HEADER) ? callers.shown(value) : name + ": " + value));
        if (body != null) {
            out.println(pretty(body));
        }
        HttpResponse<String> response =
                client.send(callers.prove(request.build()), HttpResponse.BodyHandlers.ofString());
        Map<String, String> received = new LinkedHashMap<>();
        for (String name : List.of("ETag", "Location", "Retry-After")) {
            response.headers().firstValue(name).ifPresent(value -> received.put(name, value));
        }
        out.println("→ " + response.statusCode()
                + received.entrySet().stream()
                        .map(entry -> "  " + entry.getKey() + ": " + entry.getValue())
                        .reduce("", String::concat));
        if (!response.body().isBlank()) {
            out.println(pretty(response.body()));
        }
        return new Answer(response.statusCode(), received, response.body());
    }

    /** The same without printing, for waiting. */
    Answer ask(String url, Map<String, String> headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT);
        headers.forEach(request::header);
        HttpResponse<String> response =
                client.send(callers.prove(request.build()), HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), Map.of(), response.body());
    }

    void expect(String what, Object expected, @Nullable Object actual) {
        checks++;
        if (expected.equals(actual)) {
            out.println("   ok: " + what);
        } else {
            mismatches++;
            out.println("   NOT AS EXPECTED: " + what + ": wanted " + expected + ", got " + actual);
        }
    }

    void say(String line) {
        out.println(line);
    }

    int checks() {
        return checks;
    }

    int mismatches() {
        return mismatches;
    }

    /** JSON indented, several lines of JSON one by one, anything else as it is. */
    private static String pretty(String body) {
        StringBuilder all = new StringBuilder();
        String[] documents = body.strip().startsWith("{") && body.strip().contains("}\n{")
                ? body.strip().split("\n", -1)
                : new String[] {body};
        for (String document : documents) {
            try {
                JsonNode tree = MAPPER.readTree(document);
                all.append(documents.length > 1 ? tree.toString() : tree.toPrettyString())
                        .append('\n');
            } catch (JacksonException e) {
                all.append(document).append('\n');
            }
        }
        return all.toString().strip().indent(2).stripTrailing();
    }
}
