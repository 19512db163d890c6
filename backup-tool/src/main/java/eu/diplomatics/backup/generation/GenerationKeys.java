package eu.diplomatics.backup.generation;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian;
import eu.diplomatics.keyring.WrappedKey;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** The keys of a generation's parts: random, wrapped by the custodian under its key of the day, gone when that goes. */
public final class GenerationKeys {
    private static final int KEY_BYTES = 32;

    private GenerationKeys() {}

    /** What the custodian binds: a key of one generation and part is no other's. */
    private static byte[] context(GenerationId id, String part) {
        return String.join("\n", "diplomatics backup key v1", id.toString(), part)
                .getBytes(StandardCharsets.UTF_8);
    }

    static SecretBytes random() {
        return SecretBytes.random(KEY_BYTES);
    }

    static String wrap(Custodian custodian, GenerationId id, String part, SecretBytes key) {
        return custodian.wrap(key, context(id, part)).json();
    }

    /** The caller closes it. */
    public static SecretBytes unwrap(Custodian custodian, GenerationId id, String part, String wrapped) {
        return custodian.unwrap(new WrappedKey(wrapped), context(id, part));
    }

    /** The custodian's keys under which these stand, by site. */
    static Map<String, String> epochKeys(Iterable<String> wrappedKeys) {
        Map<String, String> labels = new TreeMap<>();
        for (String wrapped : wrappedKeys) {
            JsonNode json = SignedText.JSON.readTree(wrapped);
            for (JsonNode one :
                    json.isArray() ? json : SignedText.JSON.createArrayNode().add(json)) {
                labels.put(one.path("custodian").asString(""), one.path("label").asString(""));
            }
        }
        return labels;
    }
}
