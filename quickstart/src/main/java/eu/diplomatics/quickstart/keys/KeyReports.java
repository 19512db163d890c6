package eu.diplomatics.quickstart.keys;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Inventory and audit of both services, put together and printed. */
final class KeyReports {
    /** Every table is counted. */
    static final Duration LIMIT = Duration.ofHours(1);

    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient client;
    private final PrintStream out;

    KeyReports(HttpClient client, PrintStream out) {
        this.client = client;
        this.out = out;
    }

    /** What a service told; whole only with its last line. */
    private record Told(List<JsonNode> holdings, List<JsonNode> findings) {}

    int inventory(String... services) throws IOException, InterruptedException {
        print(read("inventory", services));
        return 0;
    }

    /** @return 1 when anything was found */
    int audit(String... services) throws IOException, InterruptedException {
        Told told = read("audit", services);
        print(told);
        out.println();
        told.findings.forEach(finding -> out.printf(
                "%s  %s: %d rows, %s%n",
                finding.path("code").asString(""),
                finding.path("where").asString(""),
                finding.path("rows").asLong(0),
                finding.path("detail").asString("")));
        out.println(told.findings.isEmpty() ? "every key is where it should be" : told.findings.size() + " found");
        return told.findings.isEmpty() ? 0 : 1;
    }

    private Told read(String what, String... services) throws IOException, InterruptedException {
        Told told = new Told(new ArrayList<>(), new ArrayList<>());
        for (String service : services) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(service + "/v1/keys/" + what))
                    .timeout(LIMIT)
                    .header("X-Caller", "controller:operator")
                    .build();
            HttpResponse<Stream<String>> answer = client.send(request, BodyHandlers.ofLines());
            try (Stream<String> lines = answer.body()) {
                if (answer.statusCode() != 200) {
                    throw new IOException(service + " answered " + answer.statusCode() + ": "
                            + String.join("", lines.limit(20).toList()));
                }
                if (lines.filter(line -> add(line, told)).count() != 1) {
                    throw new IOException(service + " stopped before the end; ask again");
                }
            }
        }
        return told;
    }

    /** Whether it is the last line. */
    private boolean add(String line, Told told) {
        JsonNode said = JSON.readTree(line);
        if (said.has("holding")) {
            told.holdings.add(said.path("holding"));
        } else if (said.has("finding")) {
            told.findings.add(said.path("finding"));
        } else if (said.has("progress")) {
            JsonNode progress = said.path("progress");
            out.printf(
                    "  %s: %d of %d%n",
                    progress.path("step").asString(""),
                    progress.path("done").asLong(0),
                    progress.path("total").asLong(0));
        }
        return said.has("end");
    }

    private void print(Told told) {
        out.printf("%-52s %-26s %-48s %12s%n", "WHAT", "KEY", "VERSION", "ROWS");
        for (JsonNode holding : told.holdings) {
            String part = holding.path("part").asString("");
            out.printf(
                    "%-52s %-26s %-48s %12d%n",
                    holding.path("store").asString("") + "."
                            + holding.path("artefact").asString("") + (part.isEmpty() ? "" : " " + part),
                    holding.path("key").asString(""),
                    holding.path("version").asString(""),
                    holding.path("rows").asLong(0));
        }
    }
}
