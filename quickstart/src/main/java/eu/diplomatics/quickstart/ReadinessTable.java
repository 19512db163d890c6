package eu.diplomatics.quickstart;

import eu.diplomatics.quickstart.caller.Callers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What keeps real people's numbers out, as each service says it to the controller. */
record ReadinessTable(JsonNode readiness) {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Asks a running service, which looks at every condition now. */
    static ReadinessTable of(Callers callers, String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/readiness"))
                .header(Callers.HEADER, "controller:led")
                .timeout(LIMIT)
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(callers.prove(request), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(url + " answers " + answer.statusCode());
            }
            return new ReadinessTable(JsonMapper.shared().readTree(answer.body()));
        }
    }

    boolean isGreen() {
        return readiness.path("state").asString().equals("GREEN");
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(readiness.path("service").asString())
                .append(": ")
                .append(readiness.path("state").asString())
                .append(", gate ")
                .append(readiness.path("gate").asString())
                .append('\n');
        for (JsonNode condition : readiness.path("conditions")) {
            text.append(String.format(
                    "  %-7s %-20s %-4s %s%n",
                    condition.path("state").asString(),
                    condition.path("id").asString(),
                    condition.path("requirement").asString(),
                    condition.path("why").asString()));
            String whatToDo = condition.path("whatToDo").asString();
            if (!whatToDo.isEmpty()) {
                text.append(" ".repeat(35)).append("-> ").append(whatToDo).append('\n');
            }
        }
        return text.toString();
    }
}
