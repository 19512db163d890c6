package eu.diplomatics.quickstart.keys;

import eu.diplomatics.quickstart.caller.Callers;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Inventory and audit of both services, put together and printed. */
final class KeyReports {
    /** Every table is counted. */
    static final Duration LIMIT = Duration.ofHours(1);

    private static final String STOPPED = " stopped before the end; ask again";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Callers callers;
    private final HttpClient client;
    private final Duration limit;
    private final PrintStream out;

    KeyReports(Callers callers, HttpClient client, Duration limit, PrintStream out) {
        this.callers = callers;
        this.client = client;
        this.limit = limit;
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
        // the client's own limit ends with the headers
        try (ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String service : services) {
                Future<?> reading = reader.submit(() -> {
                    read(what, service, told);
                    return null;
                });
                try {
                    reading.get(limit.toMillis(), TimeUnit.MILLISECONDS);
                } catch (ExecutionException e) {
                    throw new IOException(why(service, e.getCause()), e.getCause());
                } catch (TimeoutException e) {
                    throw new IOException(service + " was not done within " + limit + "; ask again", e);
                } finally {
                    reading.cancel(true);
                }
            }
        }
        return told;
    }

    private void read(String what, String service, Told told) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(service + "/v1/keys/" + what))
                .timeout(limit)
                .header(Callers.HEADER, "controller:operator")
                .build();
        HttpResponse<Stream<String>> answer = client.send(callers.prove(request), BodyHandlers.ofLines());
        try (Stream<String> lines = answer.body()) {
            if (answer.statusCode() != 200) {
                throw new IOException(service + " answered " + answer.statusCode() + ": "
                        + String.join("", lines.limit(20).toList()));
            }
            if (lines.filter(line -> add(line, told)).count() != 1) {
                throw new IOException(service + STOPPED);
            }
        }
    }

    /** A service that cannot go on closes the connection: a line may then be half there. */
    private static String why(String service, @Nullable Throwable failure) {
        return switch (failure) {
            case UncheckedIOException cut -> service + STOPPED;
            case JacksonException cut -> service + STOPPED;
            case IOException told -> String.valueOf(told.getMessage());
            case null, default -> service + " cannot be understood";
        };
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
