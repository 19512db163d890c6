package eu.diplomatics.registry.registration;

import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.Rejections;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A request's JSON object of texts and nothing else. What it says never gets into a message. */
public record FlatBody(Map<String, String> fields) {
    private static final int MAX_TEXT = 2_000;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * Reads the body.
     *
     * @param known the fields there may be
     * @param required those of them there must be, not blank
     */
    public static FlatBody read(byte[] body, Set<String> known, Set<String> required) {
        JsonNode root;
        try {
            root = JSON.readTree(body);
        } catch (JacksonException e) {
            throw malformed("", "not well-formed JSON, or a key occurs twice");
        }
        if (root == null || !root.isObject()) {
            throw malformed("", "a JSON object is expected");
        }
        List<Rejection> rejections = new ArrayList<>();
        Map<String, String> fields = new LinkedHashMap<>();
        root.properties().forEach(field -> {
            if (!known.contains(field.getKey())) {
                rejections.add(new Rejection(RejectionCode.UNKNOWN_FIELD, "", "a field is not known here"));
            } else if (!field.getValue().isString()
                    || field.getValue().stringValue().length() > MAX_TEXT) {
                rejections.add(new Rejection(
                        RejectionCode.MALFORMED,
                        "/" + field.getKey(),
                        "a text of at most " + MAX_TEXT + " characters is expected"));
            } else {
                fields.put(field.getKey(), field.getValue().stringValue());
            }
        });
        required.stream()
                .filter(name ->
                        !root.has(name) || fields.getOrDefault(name, "x").isBlank())
                .sorted()
                .forEach(name -> rejections.add(
                        new Rejection(RejectionCode.FIELD_REQUIRED, "/" + name, "the field is required")));
        if (!rejections.isEmpty()) {
            throw Rejections.problem(rejections);
        }
        return new FlatBody(fields);
    }

    public static ProblemException malformed(String pointer, String message) {
        return Rejections.problem(List.of(new Rejection(RejectionCode.MALFORMED, pointer, message)));
    }

    public String get(String name) {
        return fields.getOrDefault(name, "");
    }

    @Override
    public String toString() {
        return "FlatBody[redacted]";
    }
}
