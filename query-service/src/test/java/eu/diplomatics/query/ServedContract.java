package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Holds every answer that a test gets against the OpenAPI document that the service itself serves. */
final class ServedContract {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final JsonNode document;
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    ServedContract(String document) {
        this.document = JSON.readTree(document);
    }

    void check(String method, String path, int status, String contentType, String body) {
        String template = template(path);
        if (template.isEmpty()) {
            return;
        }
        JsonNode operation = document.path("paths").path(template).path(method.toLowerCase(Locale.ROOT));
        if (operation.isMissingNode()) {
            return;
        }
        JsonNode response = operation.path("responses").path(Integer.toString(status));
        assertThat(response.isMissingNode())
                .as("%s %s answers %s, which is described", method, template, status)
                .isFalse();
        String mediaType = contentType.replaceAll(";.*", "");
        String schema = response.path("content")
                .path(mediaType)
                .path("schema")
                .path("$ref")
                .asString("");
        assertThat(schema)
                .as("%s %s answers %s as %s", method, template, status, mediaType)
                .isNotEmpty();
        List<Error> errors = schemas.computeIfAbsent(schema, this::schema).validate(body, InputFormat.JSON);
        assertThat(errors).as("%s %s %s", method, template, status).isEmpty();
    }

    private Schema schema(String reference) {
        ObjectNode whole = JSON.createObjectNode();
        whole.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        whole.put("$ref", reference);
        whole.set("components", document.path("components"));
        return registry.getSchema(JSON.writeValueAsString(whole), InputFormat.JSON);
    }

    private String template(String path) {
        String bare = path.replaceAll("\\?.*", "");
        for (String template : document.path("paths").propertyNames()) {
            if (bare.matches(template.replaceAll("\\{[a-z]+}", "[^/]+"))) {
                return template;
            }
        }
        return "";
    }
}
