package eu.diplomatics.quickstart.keys;

import eu.diplomatics.inventory.StatementFile;
import eu.diplomatics.keyring.Custodian.SignedStatement;
import eu.diplomatics.quickstart.caller.Callers;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code ./dev keys}: a thin client of {@code /v1/keys} of registry and query service, as the controller. */
public final class KeysCommand {
    private static final String OPERATIONS = "/v1/keys/operations";
    private static final String RECEIPTS = "/v1/keys/receipts";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String registry;
    private final String query;
    private final PrintStream out;
    private final Callers callers;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    public KeysCommand(Callers callers, String registry, String query, PrintStream out) {
        this.callers = callers;
        this.registry = registry;
        this.query = query;
        this.out = out;
    }

    /**
     * Runs {@code list}, {@code operations}, {@code rotate KIND NAME=VALUE...}, {@code inventory [LABEL CUSTODIAN]},
     * {@code audit} or {@code receipts [FILE | LABEL CUSTODIAN]}.
     *
     * @param detach not to wait for the end of what was begun
     * @return the exit code
     * @throws IOException when a service does not answer, refuses or breaks off: then nothing is known
     */
    public int run(List<String> words, boolean detach) throws IOException, InterruptedException {
        return switch (words.isEmpty() ? "" : words.getFirst()) {
            case "list" -> list();
            case "operations" -> operations();
            case "rotate" -> rotate(words.subList(1, words.size()), detach);
            case "receipts" -> receipts(words.subList(1, words.size()));
            case "inventory" -> inventory(words.subList(1, words.size()));
            case "audit" -> new KeyReports(callers, client, KeyReports.LIMIT, out).audit(registry, query);
            default ->
                throw new IllegalArgumentException("keys takes list, operations, rotate, inventory, audit or receipts");
        };
    }

    private int list() throws IOException, InterruptedException {
        JsonNode answer = expect(send(request("/v1/keys").GET()), 200);
        out.printf("%-22s %-10s %-25s %-25s %s%n", "KEY", "PERIOD", "MADE", "DUE", "ROTATED BY");
        for (JsonNode key : answer.path("keys")) {
            JsonNode newest = key.path("versions").path(0);
            out.printf(
                    "%-22s %-10s %-25s %-25s %s%s%n",
                    key.path("name").asString(),
                    period(key.path("period").asString("")),
                    seconds(newest.path("madeAt").asString("not made yet")),
                    seconds(key.path("due").asString("-")),
                    key.path("rotatedBy").asString("-"),
                    key.path("overdue").asBoolean(false) ? "  OVERDUE" : "");
        }
        out.println();
        epochKeys(answer.path("epochKeys"));
        out.println();
        answer.path("kinds")
                .forEach(kind -> out.printf(
                        "%-22s %s%n",
                        kind.path("kind").asString(), kind.path("description").asString()));
        return 0;
    }

    private void epochKeys(JsonNode epochKeys) {
        out.println("epoch keys of past days: "
                + epochKeys
                        .path("destruction")
                        .asString("")
                        .toLowerCase(Locale.ROOT)
                        .replace('_', ' '));
        epochKeys
                .path("keys")
                .forEach(key -> out.printf(
                        "  %-18s %-10s %-10s %s%n",
                        key.path("label").asString(),
                        key.path("custodian").asString(),
                        key.path("state").asString(),
                        key.path("answer").asString("")));
    }

    /** All of them, after bringing the one in the file that is named; or one as the auditor takes it along. */
    private int receipts(List<String> words) throws IOException, InterruptedException {
        return switch (words.size()) {
            case 0 -> print(expect(send(request(RECEIPTS).GET()), 200));
            case 1 -> print(bring(Path.of(words.getFirst())));
            case 2 -> receipt(words.getFirst(), words.getLast());
            default -> throw new IllegalArgumentException("receipts takes nothing, FILE, or LABEL and CUSTODIAN");
        };
    }

    private JsonNode bring(Path file) throws IOException, InterruptedException {
        SignedStatement receipt = StatementFile.read(file)
                .orElseThrow(() -> new IOException(file + " holds no receipt: custodian receipt prints one"));
        ObjectNode body = JSON.createObjectNode()
                .put("statement", receipt.statement())
                .put("signature", Base64.getEncoder().encodeToString(receipt.signature()));
        return expect(
                send(request(RECEIPTS)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))),
                200);
    }

    private int receipt(String label, String custodian) throws IOException, InterruptedException {
        for (JsonNode receipt : expect(send(request(RECEIPTS).GET()), 200).path("receipts")) {
            if (receipt.path("label").asString().equals(label)
                    && receipt.path("custodian").asString().equals(custodian)) {
                out.println(receipt);
                return 0;
            }
        }
        throw new IOException("there is no receipt for " + label + " of " + custodian + " here");
    }

    private int print(JsonNode answer) {
        out.printf(
                "%-18s %-10s %-10s %-25s %-9s %s%n", "KEY", "SITE", "RULE", "DESTROYED", "IN LOG", "RECEIPT (SHA-256)");
        answer.path("receipts")
                .forEach(receipt -> out.printf(
                        "%-18s %-10s %-10s %-25s %-9s %s%n",
                        receipt.path("label").asString(),
                        receipt.path("custodian").asString(),
                        receipt.path("rule").asString(),
                        seconds(receipt.path("destroyedAt").asString()),
                        receipt.has("event") ? "yes" : "not yet",
                        receipt.path("receiptHash").asString()));
        return 0;
    }

    private int operations() throws IOException, InterruptedException {
        JsonNode answer = expect(send(request(OPERATIONS).GET()), 200);
        out.printf("%-36s  %-20s %-8s %-20s %s%n", "ID", "KIND", "STATE", "ASKED", "STEP");
        answer.path("operations")
                .forEach(operation -> out.printf(
                        "%-36s  %-20s %-8s %-20s %s%n",
                        operation.path("id").asString(),
                        operation.path("kind").asString(),
                        operation.path("state").asString(),
                        seconds(operation.path("createdAt").asString()),
                        where(operation)));
        return 0;
    }

    private int rotate(List<String> words, boolean detach) throws IOException, InterruptedException {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("rotate needs a kind: ./dev keys list names them");
        }
        ObjectNode body = JSON.createObjectNode().put("kind", words.getFirst());
        for (String word : words.subList(1, words.size())) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("an argument of rotate is NAME=VALUE");
            }
            body.put(word.substring(0, equals), word.substring(equals + 1));
        }
        HttpResponse<String> begun = send(request(OPERATIONS)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
        JsonNode operation = expect(begun, 202);
        String path = begun.headers().firstValue("Location").orElse(OPERATIONS);
        out.println(
                operation.path("kind").asString() + " " + operation.path("id").asString());
        return detach ? 0 : follow(path);
    }

    /** With label and custodian what the registry signs of that key, for {@code custodian sign} and {@code destroy}. */
    private int inventory(List<String> words) throws IOException, InterruptedException {
        if (words.isEmpty()) {
            return new KeyReports(callers, client, KeyReports.LIMIT, out).inventory(registry, query);
        }
        if (words.size() != 2) {
            throw new IllegalArgumentException("inventory takes nothing, or LABEL and CUSTODIAN");
        }
        ObjectNode body = JSON.createObjectNode().put("label", words.getFirst()).put("custodian", words.getLast());
        HttpResponse<String> signed = send(request("/v1/keys/inventory/statements")
                .timeout(KeyReports.LIMIT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
        out.println(expect(signed, 200));
        return 0;
    }

    private int follow(String path) throws IOException, InterruptedException {
        String said = "";
        while (true) {
            JsonNode operation = expect(send(request(path).GET()), 200);
            String now = where(operation);
            if (!now.equals(said)) {
                out.println("  " + now);
                said = now;
            }
            switch (operation.path("state").asString("")) {
                case "DONE" -> {
                    return 0;
                }
                case "FAILED" -> {
                    return 1;
                }
                default -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK.toMillis()));
            }
        }
    }

    private static String where(JsonNode operation) {
        StringBuilder text = new StringBuilder(operation.path("state").asString(""));
        if (!operation.path("step").asString("").isEmpty()) {
            text.append(": ").append(operation.path("step").asString());
        }
        if (operation.path("total").asLong(0) > 0) {
            text.append(' ').append(operation.path("done").asLong());
            text.append(" of ").append(operation.path("total").asLong());
        }
        if (operation.has("estimatedStepEnd")) {
            text.append(", until about ")
                    .append(seconds(operation.path("estimatedStepEnd").asString()));
        }
        if (operation.has("error")) {
            text.append(" (").append(operation.path("error").asString()).append(')');
        }
        return text.toString();
    }

    private static String period(String iso) {
        if (iso.isEmpty()) {
            return "-";
        }
        Duration period = Duration.parse(iso);
        return period.toDays() > 0 ? period.toDays() + " d" : period.toMinutes() + " min";
    }

    /** A time without its fraction. */
    private static String seconds(String time) {
        return time.replaceFirst("\\.\\d+Z", "Z");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(registry + path))
                .timeout(LIMIT)
                .header(Callers.HEADER, "controller:operator");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(callers.prove(request.build()), BodyHandlers.ofString());
    }

    private static JsonNode expect(HttpResponse<String> answer, int status) throws IOException {
        if (answer.statusCode() != status) {
            throw new IOException("the registry answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }
}
