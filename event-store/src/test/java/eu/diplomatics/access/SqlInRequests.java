package eu.diplomatics.access;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests in each of which one value ends any literal, identifier or number of SQL: where a statement is put together from texts, one
 * of them fails as no refusal does. Places are taken from the service's own OpenAPI document and from a request that is right.
 */
public final class SqlInRequests {
    /** Ends what stands in either kind of quotes, and is no number. */
    public static final String TEXT = "x'\"); DROP SCHEMA public CASCADE; -- $1 ? :a";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final JsonNode document;

    /** @param openapi the document as it is served */
    public SqlInRequests(String openapi) {
        this.document = JSON.readTree(openapi);
    }

    /**
     * A request with SQL in one place.
     *
     * @param place for messages
     * @param headers beyond those that the request has anyway
     */
    public record Request(
            String place, String path, @Nullable String body, Map<String, String> headers) {
        @Override
        public String toString() {
            return place;
        }
    }

    /**
     * One for each place.
     *
     * @param endpoint {@code GET /v1/qualifications/{reference}}
     * @param path of a request to it that is right, with its query
     * @param body of that request; null or empty without one
     */
    public List<Request> of(String endpoint, String path, @Nullable String body) {
        List<Request> requests = new ArrayList<>();
        String template = endpoint.split(" ")[1];
        String[] parts = path.split("\\?", 2)[0].split("/", -1);
        String[] names = template.split("/", -1);
        for (int i = 0; i < Math.min(parts.length, names.length); i++) {
            if (names[i].startsWith("{")) {
                String[] changed = parts.clone();
                changed[i] = encoded(TEXT);
                requests.add(new Request(names[i], String.join("/", changed), body, Map.of()));
            }
        }
        for (JsonNode parameter : parameters(endpoint)) {
            String name = parameter.path("name").asString();
            switch (parameter.path("in").asString()) {
                case "query" -> requests.add(new Request("?" + name, withQuery(path, name), body, Map.of()));
                case "header" -> requests.add(new Request(name, path, body, Map.of(name, TEXT)));
                default -> {
                    // in the path, above
                }
            }
        }
        if (body != null && body.startsWith("{")) {
            bodies(JSON.readTree(body), schema(endpoint))
                    .forEach((place, changed) -> requests.add(new Request(place, path, changed, Map.of())));
        }
        return requests;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String withQuery(String path, String name) {
        String[] parts = path.split("\\?", 2);
        Stream<String> others = parts.length == 1
                ? Stream.empty()
                : Arrays.stream(parts[1].split("&")).filter(each -> !each.startsWith(name + "="));
        return parts[0] + "?"
                + Stream.concat(others, Stream.of(name + "=" + encoded(TEXT))).collect(Collectors.joining("&"));
    }

    private JsonNode operation(String endpoint) {
        String[] parts = endpoint.split(" ");
        return document.path("paths").path(parts[1]).path(parts[0].toLowerCase(Locale.ROOT));
    }

    private List<JsonNode> parameters(String endpoint) {
        return Stream.concat(
                        operation(endpoint).path("parameters").valueStream(),
                        document.path("paths")
                                .path(endpoint.split(" ")[1])
                                .path("parameters")
                                .valueStream())
                .map(this::resolved)
                .toList();
    }

    private JsonNode schema(String endpoint) {
        return resolved(operation(endpoint)
                .path("requestBody")
                .path("content")
                .path("application/json")
                .path("schema"));
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asString().substring(1)) : node;
    }

    /** Each leaf of the body, and each of its fields that it does not have. */
    private static Map<String, String> bodies(JsonNode body, JsonNode schema) {
        Map<String, String> bodies = new LinkedHashMap<>();
        leaves(body, "", place -> {
            JsonNode changed = body.deepCopy();
            set(changed, place);
            bodies.put(place, changed.toString());
        });
        for (String name : schema.path("properties").propertyNames()) {
            if (!body.has(name)) {
                ObjectNode changed = (ObjectNode) body.deepCopy();
                changed.put(name, TEXT);
                bodies.put("/" + name, changed.toString());
            }
        }
        return bodies;
    }

    private static void leaves(JsonNode node, String place, Consumer<String> found) {
        if (node instanceof ObjectNode object) {
            object.propertyNames().forEach(name -> leaves(object.path(name), place + "/" + name, found));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                leaves(array.path(i), place + "/" + i, found);
            }
        } else {
            found.accept(place);
        }
    }

    private static void set(JsonNode body, String place) {
        int last = place.lastIndexOf('/');
        String name = place.substring(last + 1);
        switch (body.at(place.substring(0, last))) {
            case ObjectNode object -> object.put(name, TEXT);
            case ArrayNode array -> array.set(Integer.parseInt(name), TEXT);
            default -> throw new IllegalStateException("no place " + place);
        }
    }
}
