package eu.diplomatics.qualification;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON document within bounds, as maps, lists, strings, numbers, booleans and {@link #NULL}. Keys that occur twice are
 * reported each, not only the first; of what the document says, nothing gets into a message.
 */
final class JsonTree {
    static final Object NULL = new Object();

    /** Above what the longest possible registration needs. */
    static final int MAX_BYTES = 512 * 1024;

    private static final char REPLACEMENT = '\ufffd';
    private static final int MAX_DEPTH = 8;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(MAX_BYTES)
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(20_000)
                    .maxNameLength(200)
                    .maxNumberLength(20)
                    .maxTokenCount(10_000)
                    .build())
            .build();

    private static final int MAX_PLAIN_NAME = 50;

    private final JsonParser parser;
    private final List<Rejection> duplicates;

    private JsonTree(JsonParser parser, List<Rejection> duplicates) {
        this.parser = parser;
        this.duplicates = duplicates;
    }

    /** A whole document in UTF-8; keys that occur twice go to {@code duplicates}. */
    static Checked<Object> parse(byte[] utf8, List<Rejection> duplicates) {
        if (utf8.length > MAX_BYTES) {
            return malformed("longer than " + MAX_BYTES + " bytes");
        }
        String json = new String(utf8, StandardCharsets.UTF_8);
        return json.indexOf(REPLACEMENT) < 0 || isUtf8(utf8) ? parse(json, duplicates) : malformed("not UTF-8");
    }

    /** What cannot be decoded shows as a replacement character, but somebody may have written one. */
    private static boolean isUtf8(byte[] bytes) {
        try {
            var unused = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    static Checked<Object> parse(String json, List<Rejection> duplicates) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() == null) {
                return malformed("empty");
            }
            Object root = new JsonTree(parser, duplicates).value("");
            return parser.nextToken() == null ? Checked.valid(root) : malformed("more than one JSON value");
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            return malformed(
                    at == null
                            ? "not well-formed JSON, or beyond the limits"
                            : "not well-formed JSON, or beyond the limits, near line " + at.getLineNr() + ", column "
                                    + at.getColumnNr());
        }
    }

    private static Checked<Object> malformed(String message) {
        return Checked.invalid(RejectionCode.MALFORMED, "", message);
    }

    private Object value(String pointer) {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(pointer);
            case START_ARRAY -> array(pointer);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            default -> NULL;
        };
    }

    private Map<String, Object> object(String pointer) {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            // pointers are for what is below, and for what is wrong
            Object value = value(parser.nextToken().isStructStart() ? below(pointer, name) : pointer);
            if (fields.putIfAbsent(name, value) != null && duplicates.size() < RequestReader.MAX_REJECTIONS) {
                duplicates.add(
                        new Rejection(RejectionCode.DUPLICATE_KEY, below(pointer, name), "the key occurs twice"));
            }
        }
        return fields;
    }

    private List<Object> array(String pointer) {
        List<Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(pointer + '/' + items.size()));
        }
        return items;
    }

    /** The pointer to a field, or to its object where the field's name is not one that may be repeated. */
    static String below(String pointer, String name) {
        return isPlain(name) ? pointer + '/' + name : pointer;
    }

    /** Whether a name may be repeated in a pointer: anything but letters and dots could be a value in the wrong place. */
    private static boolean isPlain(String name) {
        if (name.isEmpty() || name.length() > MAX_PLAIN_NAME || name.charAt(0) == '.') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.')) {
                return false;
            }
        }
        return true;
    }
}
