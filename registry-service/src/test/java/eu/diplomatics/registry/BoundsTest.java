package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RequestRules;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the description says may be sent is what is read, field by field, to the last character. */
class BoundsTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private interface Reader {
        Checked<?> read(byte[] utf8, RequestRules rules);
    }

    private final JsonNode schemas = document().path("components").path("schemas");
    private final List<String> checked = new ArrayList<>();

    private static JsonNode document() {
        try (InputStream in = Objects.requireNonNull(BoundsTest.class.getResourceAsStream("/openapi/registry.json"))) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of("Registration", Mode.STRICT, (Reader) QualificationJson::readRegistration),
                Arguments.of("LegacyRegistration", Mode.LEGACY, (Reader) QualificationJson::readRow),
                Arguments.of("Correction", Mode.STRICT, (Reader) QualificationJson::readCorrection),
                Arguments.of("Annulment", Mode.STRICT, (Reader) QualificationJson::readState));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void every_bound_is_the_one_that_is_kept(String name, Mode mode, Object reader) {
        RequestRules rules = new RequestRules(mode, true, LocalDate.of(2026, 1, 1));
        Map<String, Object> whole = object(schemas.path(name));
        assertThat(rejections((Reader) reader, whole, rules)).isEmpty();
        walk((Reader) reader, rules, whole, schemas.path(name), whole, "");
        assertThat(checked).isNotEmpty();
    }

    private void walk(
            Reader reader,
            RequestRules rules,
            Map<String, Object> whole,
            JsonNode schema,
            Map<String, Object> in,
            String at) {
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(field -> required.add(field.asString()));
        schema.path("dependentRequired").forEach(fields -> fields.forEach(field -> required.add(field.asString())));
        for (String field : List.copyOf(in.keySet())) {
            JsonNode type = resolved(schema.path("properties").path(field));
            Object value = Objects.requireNonNull(in.get(field));
            String pointer = at + "/" + field;
            in.remove(field);
            assertThat(rejections(reader, whole, rules).isEmpty())
                    .as("without %s", pointer)
                    .isNotEqualTo(required.contains(field));
            for (Object good : atBound(type)) {
                in.put(field, good);
                assertThat(rejections(reader, whole, rules)).as(pointer).isEmpty();
                checked.add(pointer);
            }
            for (Object bad : beyond(type)) {
                in.put(field, bad);
                assertThat(rejections(reader, whole, rules))
                        .as("beyond %s", pointer)
                        .contains("MALFORMED " + pointer);
            }
            in.put(field, value);
            if (value instanceof Map<?, ?>) {
                walk(reader, rules, whole, type, fields(value), pointer);
            } else if (value instanceof List<?> items) {
                walk(
                        reader,
                        rules,
                        whole,
                        type.path("items"),
                        fields(Objects.requireNonNull(items.getFirst())),
                        pointer + "/0");
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> fields(Object value) {
        return (Map<String, Object>) value;
    }

    private static List<String> rejections(Reader reader, Object tree, RequestRules rules) {
        return switch (reader.read(JSON.writeValueAsBytes(tree), rules)) {
            case Checked.Valid<?> valid -> List.of();
            case Checked.Invalid<?>(List<Rejection> rejections) ->
                rejections.stream()
                        .map(rejection -> rejection.code() + " " + rejection.pointer())
                        .toList();
        };
    }

    private List<Object> atBound(JsonNode type) {
        if (type.has("maxLength")) {
            return List.of(text(type, type.path("maxLength").asInt()));
        }
        return type.has("maximum")
                ? List.of(type.path("minimum").asInt(), type.path("maximum").asInt())
                : type.has("maxItems")
                        ? List.of(items(type, type.path("maxItems").asInt()))
                        : List.of();
    }

    private List<Object> beyond(JsonNode type) {
        if (type.has("maxLength")) {
            String tooLong = text(type, type.path("maxLength").asInt() + 1);
            return type.has("pattern") ? List.of(tooLong, "a b") : List.of(tooLong);
        }
        return type.has("maximum")
                ? List.of(type.path("minimum").asInt() - 1, type.path("maximum").asLong() + 1)
                : type.has("maxItems")
                        ? List.of(items(type, type.path("maxItems").asInt() + 1))
                        : List.of();
    }

    private static String text(JsonNode type, int length) {
        return (type.has("pattern") ? "1" : "é").repeat(length);
    }

    private JsonNode resolved(JsonNode type) {
        String reference = type.path("$ref").asString("");
        JsonNode found =
                reference.isEmpty() ? type : schemas.path(reference.substring("#/components/schemas/".length()));
        // a holder by names has more bounds than one by number
        return found.has("oneOf") ? found.path("oneOf").get(1) : found;
    }

    private Map<String, Object> object(JsonNode schema) {
        Map<String, Object> fields = new LinkedHashMap<>();
        schema.path("properties")
                .properties()
                .forEach(field -> fields.put(field.getKey(), value(resolved(field.getValue()))));
        return fields;
    }

    private List<Object> items(JsonNode type, int count) {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Object> item = object(type.path("items"));
            item.replaceAll((name, text) -> text + "é".repeat(items.size()));
            items.add(item);
        }
        return items;
    }

    private Object value(JsonNode type) {
        return switch (type.path("type").asString()) {
            case "object" -> object(type);
            case "array" -> items(type, 1);
            case "integer" -> 1;
            case "boolean" -> true;
            default -> type.has("maxLength") ? "1" : "2019-06-28";
        };
    }
}
