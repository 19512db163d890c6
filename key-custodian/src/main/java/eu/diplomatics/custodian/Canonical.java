package eu.diplomatics.custodian;

import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** The one way to write what is signed: RFC 8785 (JCS), for objects, lists, strings, booleans and whole numbers. */
final class Canonical {
    private Canonical() {}

    /** @throws IllegalArgumentException for any other value */
    static String text(JsonNode value) {
        StringBuilder out = new StringBuilder(256);
        write(value, out);
        return out.toString();
    }

    private static void write(JsonNode value, StringBuilder out) {
        if (value.isObject()) {
            String separator = "{";
            for (String name : new TreeSet<>(value.propertyNames())) {
                out.append(separator);
                string(name, out);
                out.append(':');
                write(value.get(name), out);
                separator = ",";
            }
            out.append(value.isEmpty() ? "{}" : "}");
        } else if (value.isArray()) {
            String separator = "[";
            for (JsonNode element : value) {
                out.append(separator);
                write(element, out);
                separator = ",";
            }
            out.append(value.isEmpty() ? "[]" : "]");
        } else if (value.isString()) {
            string(value.asString(), out);
        } else if (value.isBoolean()) {
            out.append(value.asBoolean());
        } else if (value.canConvertToLong() && value.isIntegralNumber() && Math.abs(value.asLong()) < 1L << 53) {
            out.append(value.asLong());
        } else {
            throw new IllegalArgumentException("no canonical form");
        }
    }

    private static void string(String string, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            // statements hold names, labels, times and hashes; what needs escaping is in none of them
            if (c < 0x20 || c == '"' || c == '\\' || Character.isSurrogate(c)) {
                throw new IllegalArgumentException("no canonical form");
            }
            out.append(c);
        }
        out.append('"');
    }
}
