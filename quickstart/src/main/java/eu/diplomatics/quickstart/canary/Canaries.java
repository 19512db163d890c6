package eu.diplomatics.quickstart.canary;

import eu.diplomatics.quickstart.caller.Callers;
import eu.diplomatics.receipt.CanonicalJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Registers the canaries, writes down what is to be answered about them, and asks whether that is so. */
public final class Canaries {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Map<String, String> WHO_ASKS = Map.of(
            Callers.HEADER, "agency:canary", "X-Purpose", "job-matching", "X-Case", "canary", "X-End-User", "canary");

    private final Callers callers;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    public Canaries(Callers callers) {
        this.callers = callers;
    }

    /**
     * Registers those that are not there yet; again it does nothing.
     *
     * @return the receipts of their registrations
     */
    public List<JsonNode> register(String registryUrl) throws IOException, InterruptedException {
        List<JsonNode> receipts = new ArrayList<>();
        for (Canary canary : Canary.all()) {
            receipts.add(register(registryUrl, canary));
        }
        return receipts;
    }

    /** Registers somebody who was not there before; in a registry that is thrown away after. */
    public void registerVisitor(String registryUrl) throws IOException, InterruptedException {
        register(registryUrl, Canary.visitor());
    }

    private JsonNode register(String registryUrl, Canary canary) throws IOException, InterruptedException {
        Map<String, String> caller = Map.of(Callers.HEADER, "supplier:" + Canary.SUPPLIER);
        JsonNode receipt = ask(registryUrl + "/v1/qualifications", caller, canary.registration(), Set.of(200, 201));
        if (canary.annulled()) {
            ask(
                    registryUrl + "/v1/qualifications/"
                            + receipt.path("reference").asString("") + "/annulment",
                    caller,
                    "{\"reasonCode\": \"" + Canary.REASON + "\", \"reason\": \"always annulled\"}",
                    Set.of(200));
        }
        return receipt;
    }

    /** What a registry that has them answers, for who asks later: {@code {consultations: [{insz, …}]}}. */
    public static String questions() {
        return questions(Canary.all());
    }

    /** The same about {@link #registerVisitor}'s. */
    public static String questionAboutVisitor() {
        return questions(List.of(Canary.visitor()));
    }

    private static String questions(List<Canary> canaries) {
        var questions = JSON.createObjectNode();
        ArrayNode all = questions.putArray("consultations");
        for (Canary canary : canaries) {
            all.addObject()
                    .put("insz", canary.insz())
                    .put("supplierReference", canary.supplierReference())
                    .put("fullName", canary.fullName())
                    .put("state", canary.state());
        }
        return questions.toPrettyString();
    }

    /**
     * What was to be answered and what was, each as a canonical text that is empty for no answer.
     *
     * @param name of the question, for people
     */
    public record Answer(String name, String wanted, String answered) {
        public boolean isAsWanted() {
            return wanted.equals(answered);
        }
    }

    /** Asks what {@link #questions} wrote down. */
    public List<Answer> ask(String queryUrl, String questions) throws IOException, InterruptedException {
        List<Answer> answers = new ArrayList<>();
        for (JsonNode question : JSON.readTree(questions).path("consultations")) {
            JsonNode answer = ask(
                    queryUrl + "/v1/consultations",
                    WHO_ASKS,
                    JSON.createObjectNode()
                            .put("insz", question.path("insz").asString(""))
                            .toString(),
                    Set.of(200));
            String reference = question.path("supplierReference").asString("");
            answers.add(new Answer(
                    reference,
                    text(reference, question.path("state"), question.path("fullName")),
                    answer.path("qualifications")
                            .valueStream()
                            .filter(each ->
                                    each.path("supplierReference").asString("").equals(reference))
                            .map(each -> text(
                                    reference,
                                    each.path("state"),
                                    each.path("basis").path("fullName")))
                            .findFirst()
                            .orElse("")));
        }
        return answers;
    }

    /**
     * What is answered about one qualification, by the registry's reference.
     *
     * @return its text, and the version that it is of
     */
    public Versioned about(String queryUrl, String reference) throws IOException, InterruptedException {
        JsonNode found = send(
                request(queryUrl + "/v1/qualifications/" + reference, WHO_ASKS).GET(), Set.of(200, 404));
        if (!found.has("reference")) {
            return new Versioned("", 0);
        }
        JsonNode basis = found.path("basis");
        return new Versioned(
                CanonicalJson.text(Map.of(
                        "reference", found.path("reference").asString(""),
                        "state", found.path("state").asString(""),
                        "supplier", found.path("supplier").asString(""),
                        "supplierReference", found.path("supplierReference").asString(""),
                        "fullName", basis.path("fullName").asString(""),
                        "awardedOn", basis.path("awardedOn").asString(""))),
                found.path("version").asLong());
    }

    /** @param text canonical; empty for no answer */
    public record Versioned(String text, long version) {}

    private static String text(String reference, JsonNode state, JsonNode fullName) {
        return CanonicalJson.text(
                Map.of("supplierReference", reference, "state", state.asString(""), "fullName", fullName.asString("")));
    }

    private JsonNode ask(String url, Map<String, String> headers, String body, Set<Integer> expected)
            throws IOException, InterruptedException {
        return send(
                request(url, headers)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                expected);
    }

    private static HttpRequest.Builder request(String url, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT);
        new TreeMap<>(headers).forEach(request::header);
        return request;
    }

    private JsonNode send(HttpRequest.Builder builder, Set<Integer> expected) throws IOException, InterruptedException {
        HttpRequest request = builder.build();
        HttpResponse<String> answer = client.send(callers.prove(request), HttpResponse.BodyHandlers.ofString());
        if (!expected.contains(answer.statusCode())) {
            throw new IOException(request.uri() + " answered " + answer.statusCode());
        }
        try {
            return JSON.readTree(answer.body());
        } catch (JacksonException e) {
            throw new IOException(request.uri() + " answered no JSON", e);
        }
    }
}
