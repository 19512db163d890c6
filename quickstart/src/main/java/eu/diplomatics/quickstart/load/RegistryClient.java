package eu.diplomatics.quickstart.load;

import eu.diplomatics.quickstart.caller.Callers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The part of the registration API that loading uses. */
final class RegistryClient {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 50;
    private static final byte[] NEW_LINE = {'\n'};
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final Callers callers;
    private final String base;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    RegistryClient(Callers callers, String base) {
        this.callers = callers;
        this.base = base;
    }

    /** What became of a row, in the order of the rows. */
    record Result(String status, String reference) {}

    /** Sends the rows as one batch and returns its id; the same rows again are the same batch. */
    String submit(String supplier, List<byte[]> rows) throws IOException, InterruptedException {
        HttpRequest request = request("/v1/batches", supplier)
                .header("Content-Type", "application/x-ndjson")
                .header("Idempotency-Key", "load-" + digest(rows))
                .POST(BodyPublishers.ofByteArrays(() ->
                        rows.stream().flatMap(row -> Stream.of(row, NEW_LINE)).iterator()))
                .build();
        HttpResponse<String> answer = client.send(callers.prove(request), BodyHandlers.ofString());
        return expect(answer, 202).path("id").asString("");
    }

    /** Waits for the end of the batch and returns what became of each row. */
    List<Result> results(String supplier, String batch) throws IOException, InterruptedException {
        while (true) {
            HttpRequest request = request("/v1/batches/" + batch, supplier).build();
            JsonNode job = expect(client.send(callers.prove(request), BodyHandlers.ofString()), 200);
            switch (job.path("state").asString("")) {
                case "DONE" -> {
                    return read(supplier, batch);
                }
                case "FAILED" -> throw new IOException("batch " + batch + " failed");
                default -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
            }
        }
    }

    private List<Result> read(String supplier, String batch) throws IOException, InterruptedException {
        HttpRequest request =
                request("/v1/batches/" + batch + "/results", supplier).build();
        HttpResponse<Stream<String>> answer = client.send(callers.prove(request), BodyHandlers.ofLines());
        try (Stream<String> lines = answer.body()) {
            return lines.filter(line -> !line.isBlank())
                    .map(MAPPER::readTree)
                    .map(row -> new Result(
                            row.path("status").asString(""),
                            row.path("receipt").path("reference").asString("")))
                    .toList();
        }
    }

    /** Corrects and returns the new version. */
    long correct(String supplier, String reference, long version, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                request("/v1/qualifications/" + reference, supplier).header("If-Match", "\"" + version + "\"");
        return change(request, "PUT", body);
    }

    /** Annuls or reinstates and returns the new version. */
    long state(String supplier, String reference, String action, byte[] body) throws IOException, InterruptedException {
        return change(request("/v1/qualifications/" + reference + "/" + action, supplier), "POST", body);
    }

    /** Reinstates what is annulled; tells whether it is reinstated now, by this request or an earlier one. */
    boolean reinstated(String supplier, String reference, byte[] body) throws IOException, InterruptedException {
        HttpRequest request = request("/v1/qualifications/" + reference + "/reinstatement", supplier)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<String> answer = client.send(callers.prove(request), BodyHandlers.ofString());
        if (answer.statusCode() == 409) {
            return false;
        }
        expect(answer, 200);
        return true;
    }

    private long change(HttpRequest.Builder request, String method, byte[] body)
            throws IOException, InterruptedException {
        BodyPublisher publisher = BodyPublishers.ofByteArray(body);
        HttpRequest built = request.header("Content-Type", "application/json")
                .method(method, publisher)
                .build();
        return expect(client.send(callers.prove(built), BodyHandlers.ofString()), 200)
                .path("version")
                .asLong(0);
    }

    private HttpRequest.Builder request(String path, String supplier) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .timeout(LIMIT)
                .header(Callers.HEADER, "supplier:" + supplier);
    }

    private static JsonNode expect(HttpResponse<String> answer, int status) throws IOException {
        if (answer.statusCode() != status) {
            throw new IOException(
                    "the registry answered " + answer.statusCode() + " instead of " + status + ": " + answer.body());
        }
        return MAPPER.readTree(answer.body());
    }

    private static String digest(List<byte[]> rows) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            rows.forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
