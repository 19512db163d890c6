package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import eu.diplomatics.sensitivity.FieldSensitivity;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R30: no answer about anybody has a field without a class of sensitivity. */
class ClassifiedAnswersTest {
    /** What answers about people are, and where in them a qualification or version stands. */
    private static final List<String> ANSWERS = List.of("Consultation", "Batch", "QualificationAnswer", "History");

    private static final String LISTS = "^(/answers|/versions)?(/qualifications)?";

    /** Rows of exports and counts, held against these by tests of their own. */
    private static final String ELSEWHERE = "/(event|statistics)/.+";

    private final FieldSensitivity table = FieldSensitivity.table();

    private static JsonNode schemas() throws IOException {
        try (InputStream description = new ClassPathResource("openapi/query.json").getInputStream()) {
            return JsonMapper.shared().readTree(description).at("/components/schemas");
        }
    }

    private static void leaves(JsonNode schemas, JsonNode schema, String at, Set<String> found) {
        if (schema.has("$ref")) {
            String name = schema.path("$ref").asString().replaceAll(".*/", "");
            leaves(schemas, schemas.path(name), at, found);
            return;
        }
        boolean leaf = true;
        for (String either : List.of("oneOf", "anyOf", "allOf")) {
            for (JsonNode each : schema.path(either)) {
                leaf = false;
                leaves(schemas, each, at, found);
            }
        }
        if (schema.has("items")) {
            leaf = false;
            leaves(schemas, schema.path("items"), at, found);
        }
        for (var property : schema.path("properties").properties()) {
            leaf = false;
            leaves(schemas, property.getValue(), at + "/" + property.getKey(), found);
        }
        if (leaf) {
            found.add(at.replaceFirst(LISTS, ""));
        }
    }

    @Test
    void every_field_that_is_described_has_a_class_and_nothing_else_has_one() throws IOException {
        JsonNode schemas = schemas();
        Set<String> fields = new TreeSet<>();
        ANSWERS.forEach(answer -> leaves(schemas, schemas.path(answer), "", fields));
        assertThat(fields).contains("/basis/degree", "/holder/insz", "/by").hasSizeGreaterThan(50);
        assertThat(fields)
                .allSatisfy(
                        field -> assertThatCode(() -> table.of(field)).as(field).doesNotThrowAnyException());
        assertThat(table.classes().keySet())
                .filteredOn(row -> !row.matches(ELSEWHERE))
                .allSatisfy(row -> assertThat(fields).as(row).anyMatch(field -> (field + "/").startsWith(row + "/")));
    }
}
