package eu.diplomatics.quickstart.log;

import eu.diplomatics.quickstart.caller.Callers;
import eu.diplomatics.witness.WitnessDirectory;
import eu.diplomatics.witness.WitnessException;
import eu.diplomatics.witness.WitnessedResumption;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code ./dev log}: a thin client of the registry's {@code /v1/log/resumptions}, and the witness's part in it. */
public final class LogCommand {
    private static final String PATH = "/v1/log/resumptions";
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Pattern FILE = Pattern.compile("resumption-([2-9]|[1-9][0-9]{1,8})\\.note");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String registry;
    private final Path home;
    private final Path witness;
    private final PrintStream out;
    private final Callers callers;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /**
     * The command.
     *
     * @param home where a proposal is kept until it is confirmed
     * @param witness the directory of the controller's witness
     */
    public LogCommand(Callers callers, String registry, Path home, Path witness, PrintStream out) {
        this.callers = callers;
        this.registry = registry;
        this.home = home;
        this.witness = witness;
        this.out = out;
    }

    /**
     * Runs {@code resumptions}, {@code resume REASON_CODE} or {@code confirm FILE}.
     *
     * @param as who of the controller's asks; somebody else confirms than proposes
     * @param highestKnown for {@code resume}; 0 when nobody knows
     * @return the exit code
     */
    public int run(List<String> words, String as, long highestKnown) throws IOException, InterruptedException {
        return switch (words.isEmpty() ? "" : words.getFirst()) {
            case "resumptions" -> all(as);
            case "resume" -> resume(word(words), as, highestKnown);
            case "confirm" -> confirm(Path.of(word(words)), as);
            default -> throw new IllegalArgumentException("log takes resumptions, resume or confirm");
        };
    }

    private static String word(List<String> words) {
        if (words.size() != 2) {
            throw new IllegalArgumentException("resume takes a reason code, confirm a file");
        }
        return words.get(1);
    }

    private int all(String as) throws IOException, InterruptedException {
        JsonNode all = expect(send(request(PATH, as).GET()), 200).path("resumptions");
        all.forEach(each -> out.printf(
                "incarnation %d since %s: kept up to position %d, goes on at %d%n",
                each.path("incarnation").asInt(),
                each.path("begunAt").asString(),
                each.path("keptSize").asLong(),
                each.path("firstPosition").asLong()));
        if (all.isEmpty()) {
            out.println("the log is in its first incarnation");
        }
        return 0;
    }

    private int resume(String reasonCode, String as, long highestKnown) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("reasonCode", reasonCode);
        if (highestKnown > 0) {
            body.put("highestKnown", Long.toString(highestKnown));
        }
        JsonNode proposed = expect(send(post(PATH, as, body)), 201);
        Path file = home.resolve("resumption-" + proposed.path("incarnation").asInt() + ".note");
        Files.writeString(file, proposed.path("statement").asString());
        out.printf(
                "proposed: incarnation %d%n  kept is everything up to position %d; %d were signed%n"
                        + "  behind that, an event whose receipt does not verify any more is lost, and registered again%n"
                        + "  nothing is numbered up to position %d again%n"
                        + "to confirm, somebody else: ./dev log confirm %s --as NAME%n",
                proposed.path("incarnation").asInt(),
                proposed.path("keptSize").asLong(),
                proposed.path("signedSize").asLong(),
                proposed.path("highestKnown").asLong(),
                file);
        return 0;
    }

    private int confirm(Path file, String as) throws IOException, InterruptedException {
        Matcher name = FILE.matcher(String.valueOf(file.getFileName()));
        if (!name.matches()) {
            throw new IllegalArgumentException("confirm takes the file that resume wrote: resumption-N.note");
        }
        byte[] cosigned;
        try {
            cosigned = WitnessedResumption.cosign(
                    new WitnessDirectory(witness), Files.readAllBytes(file), InstantSource.system());
        } catch (WitnessException e) {
            throw new IOException(e.getMessage(), e);
        }
        out.println("the witness cosigned");
        ObjectNode body = JSON.createObjectNode().put("statement", new String(cosigned, StandardCharsets.UTF_8));
        JsonNode begun = expect(send(post(PATH + "/" + name.group(1), as, body)), 200);
        out.printf(
                "the log goes on in incarnation %d at position %d%n",
                begun.path("incarnation").asInt(), begun.path("firstPosition").asLong());
        return 0;
    }

    private HttpRequest.Builder post(String path, String as, ObjectNode body) {
        return request(path, as)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)));
    }

    private HttpRequest.Builder request(String path, String as) {
        return HttpRequest.newBuilder(URI.create(registry + path))
                .timeout(LIMIT)
                .header(Callers.HEADER, "controller:" + as);
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
