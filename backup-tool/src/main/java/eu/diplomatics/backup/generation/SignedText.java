package eu.diplomatics.backup.generation;

import eu.diplomatics.receipt.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A canonical JSON text (RFC 8785) and the signature of its type, a line feed and the text: the form that
 * docs/key-custodian.md describes, {@code {statement, signature}}.
 */
public record SignedText(String statement, byte[] signature) {
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

    /** What is signed: the type keeps a statement of one kind from being taken for another. */
    static byte[] message(String type, String statement) {
        return (type + "\n" + statement).getBytes(StandardCharsets.UTF_8);
    }

    /** The canonical text of a record. */
    public static String canonical(Object value) {
        return CanonicalJson.text(JSON.convertValue(value, MEMBERS));
    }

    /** SHA-256 of the statement, hex. */
    public String hash() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(statement.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As it is stored. */
    public byte[] bytes() {
        ObjectNode json = JSON.createObjectNode();
        json.put("statement", statement);
        json.put("signature", Base64.getEncoder().encodeToString(signature));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads what is stored.
     *
     * @throws UntrustedException when it has another form
     */
    static SignedText parse(byte[] stored) throws UntrustedException {
        try {
            JsonNode json = JSON.readTree(stored);
            String statement = json.path("statement").asString("");
            byte[] signature = Base64.getDecoder().decode(json.path("signature").asString(""));
            SignedText text = new SignedText(statement, signature);
            // to the byte: white space or bits that base64 does not use would be changes that no signature covers
            if (statement.isEmpty() || !Arrays.equals(text.bytes(), stored)) {
                throw new UntrustedException("no signed statement");
            }
            return text;
        } catch (JacksonException | IllegalArgumentException e) {
            throw new UntrustedException("no signed statement", e);
        }
    }

    /**
     * The record in the statement, which is of this type and canonical.
     *
     * @throws UntrustedException when it is anything else
     */
    public <T> T read(String type, Class<T> as) throws UntrustedException {
        try {
            JsonNode json = JSON.readTree(statement);
            if (!json.path("type").asString("").equals(type)) {
                throw new UntrustedException("a statement of another type");
            }
            T value = JSON.treeToValue(json, as);
            if (!canonical(value).equals(statement)) {
                throw new UntrustedException("a statement that is not canonical");
            }
            return value;
        } catch (JacksonException | IllegalArgumentException e) {
            throw new UntrustedException("a statement of another form", e);
        }
    }
}
