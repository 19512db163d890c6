package eu.diplomatics.registry.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves the description of the API: written by hand, held against the answers by tests. What every address may answer is
 * added here.
 */
@RestController
final class OpenApiDocument {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String TOO_OFTEN = """
            {"description": "The caller asks too often",
             "headers": {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}},
             "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}""";

    private final String document;

    OpenApiDocument() {
        try (InputStream written = new ClassPathResource("openapi/registry.json").getInputStream()) {
            JsonNode whole = JSON.readTree(written);
            for (JsonNode path : whole.path("paths")) {
                for (JsonNode operation : path) {
                    if (operation.path("responses") instanceof ObjectNode responses && !responses.has("429")) {
                        responses.set("429", JSON.readTree(TOO_OFTEN));
                    }
                }
            }
            document = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(whole);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @GetMapping(path = "/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
    String document() {
        return document;
    }
}
