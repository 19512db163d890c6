package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import eu.diplomatics.registry.Client.Answer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Holds answers against the description that the service itself serves. */
final class OpenApi {
    private final JsonNode document;
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    OpenApi(Client client) {
        Answer answer = client.as("").get("/openapi.json");
        assertThat(answer.status()).isEqualTo(200);
        this.document = answer.json();
        assertThat(document.path("openapi").asString()).startsWith("3.1");
    }

    JsonNode document() {
        return document;
    }

    /** The answer's status and media type are described for this operation, and its body fits the schema. */
    Answer check(String method, String path, Answer answer) {
        JsonNode response = document.path("paths")
                .path(path)
                .path(method.toLowerCase(Locale.ROOT))
                .path("responses")
                .path(Integer.toString(answer.status()));
        assertThat(response.isMissingNode())
                .as("%s %s answers %s: %s", method, path, answer.status(), answer.text())
                .isFalse();
        if (response.has("$ref")) {
            response = document.at(response.path("$ref").asString().substring(1));
        }
        String type = answer.header("Content-Type").split(";")[0];
        JsonNode schema = response.path("content").path(type).path("schema");
        assertThat(schema.isMissingNode()).as("%s for %s", type, path).isFalse();
        if (schema.has("$ref")) {
            String name = schema.path("$ref").asString().substring("#/components/schemas/".length());
            answer.text().lines().forEach(line -> fits(name, line));
        }
        response.path("headers")
                .propertyNames()
                .forEach(header -> assertThat(answer.header(header)).as(header).isNotEmpty());
        return answer;
    }

    void fits(String schemaName, String json) {
        assertThat(schema(schemaName).validate(json, InputFormat.JSON))
                .as(schemaName)
                .isEmpty();
    }

    boolean allows(String schemaName, String json) {
        return schema(schemaName).validate(json, InputFormat.JSON).isEmpty();
    }

    private Schema schema(String name) {
        return schemas.computeIfAbsent(name, any -> {
            ObjectNode root = (ObjectNode)
                    document.path("components").path("schemas").path(name).deepCopy();
            root.set("components", document.path("components"));
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(root.toString(), InputFormat.JSON);
        });
    }
}
