package eu.diplomatics.qualification;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one request out of a tree, normalises them and collects everything that is wrong with it. Where a
 * value cannot be used an empty one stands in, so that reading goes on; the request is then never built.
 */
final class RequestReader {
    static final int MAX_REJECTIONS = 100;
    /** What the texts of a request may have together in UTF-8: far more than any record of the LED, yet many fit a page. */
    static final int MAX_TEXT_BYTES = 64 * 1024;

    private final RequestRules rules;
    private final List<Rejection> rejections;
    private int textBytes;

    RequestReader(RequestRules rules, List<Rejection> rejections) {
        this.rules = rules;
        this.rejections = rejections;
    }

    RequestRules rules() {
        return rules;
    }

    /**
     * An object of a request.
     *
     * @param present false when it is missing or of another type, which is then reported once and not for each field
     */
    record Fields(String pointer, Map<String, Object> values, boolean present) {
        boolean has(String name) {
            return values.getOrDefault(name, JsonTree.NULL) != JsonTree.NULL;
        }

        @Override
        public String toString() {
            return "Fields[redacted]";
        }
    }

    <T> Checked<T> result(Supplier<T> value) {
        if (textBytes > MAX_TEXT_BYTES) {
            reject(
                    RejectionCode.RECORD_TOO_LARGE,
                    "",
                    "the texts have together more than " + MAX_TEXT_BYTES + " bytes in UTF-8");
        }
        return rejections.isEmpty() ? Checked.valid(value.get()) : new Checked.Invalid<>(rejections);
    }

    void reject(RejectionCode code, String pointer, String message) {
        if (rejections.size() < MAX_REJECTIONS) {
            rejections.add(new Rejection(code, pointer, message));
        }
    }

    /** The tree's root or a nested object, of which only {@code names} may occur. */
    @SuppressWarnings("unchecked") // a tree is made of maps by text
    Fields object(Object tree, String pointer, Set<String> names) {
        if (!(tree instanceof Map<?, ?> map)) {
            reject(RejectionCode.MALFORMED, pointer, "must be an object");
            return new Fields(pointer, Map.of(), false);
        }
        Map<String, Object> values = (Map<String, Object>) map;
        for (String name : values.keySet()) {
            if (!names.contains(name)) {
                reject(RejectionCode.UNKNOWN_FIELD, JsonTree.below(pointer, name), "no such field");
            }
        }
        return new Fields(pointer, values, true);
    }

    Fields requiredObject(Fields in, String name, Set<String> names) {
        Fields found = object(in, name, names);
        if (found == null) {
            if (in.present()) {
                reject(RejectionCode.FIELD_REQUIRED, in.pointer() + '/' + name, "must be given");
            }
            return new Fields(in.pointer() + '/' + name, Map.of(), false);
        }
        return found;
    }

    @Nullable
    Fields object(Fields in, String name, Set<String> names) {
        Object value = in.values().getOrDefault(name, JsonTree.NULL);
        return value == JsonTree.NULL ? null : object(value, in.pointer() + '/' + name, names);
    }

    String required(Fields in, String name, int maxLength) {
        int before = rejections.size();
        String text = optional(in, name, maxLength);
        if (text != null) {
            return text;
        }
        if (in.present() && rejections.size() == before) {
            reject(RejectionCode.FIELD_REQUIRED, in.pointer() + '/' + name, "must be given");
        }
        return "";
    }

    /** A text, normalised; null when it is absent, blank or refused. */
    @Nullable
    String optional(Fields in, String name, int maxLength) {
        Object value = in.values().getOrDefault(name, JsonTree.NULL);
        if (value == JsonTree.NULL) {
            return null;
        }
        if (!(value instanceof String raw)) {
            reject(RejectionCode.MALFORMED, in.pointer() + '/' + name, "must be a text");
            return null;
        }
        if (Text.hasIllegalCharacter(raw)) {
            reject(
                    RejectionCode.ILLEGAL_CHARACTER,
                    in.pointer() + '/' + name,
                    "holds a control, invisible or undefined character");
            return null;
        }
        String text = Text.normalise(raw);
        if (text.length() > maxLength && text.codePointCount(0, text.length()) > maxLength) {
            reject(RejectionCode.MALFORMED, in.pointer() + '/' + name, "longer than " + maxLength + " characters");
            return null;
        }
        textBytes += text.getBytes(UTF_8).length;
        return text.isEmpty() ? null : text;
    }

    @Nullable
    PartialDate requiredDate(Fields in, String name) {
        String text = required(in, name, 10);
        if (text.isEmpty()) {
            return null;
        }
        PartialDate date = PartialDate.parse(text).orElse(null);
        if (date == null) {
            reject(
                    RejectionCode.MALFORMED,
                    in.pointer() + '/' + name,
                    "must be a year, a year and month, or a date of the calendar, from 1800 to 2199");
        } else if (date.isAfter(rules.today())) {
            reject(RejectionCode.DATE_IN_FUTURE, in.pointer() + '/' + name, "is in the future");
        }
        return date;
    }

    @Nullable
    Boolean optionalBoolean(Fields in, String name) {
        Object value = in.values().getOrDefault(name, JsonTree.NULL);
        if (value == JsonTree.NULL) {
            return null;
        }
        if (value instanceof Boolean bool) {
            return bool;
        }
        reject(RejectionCode.MALFORMED, in.pointer() + '/' + name, "must be true or false");
        return null;
    }

    @Nullable
    Integer optionalCount(Fields in, String name, int max) {
        Object value = in.values().getOrDefault(name, JsonTree.NULL);
        if (value == JsonTree.NULL) {
            return null;
        }
        if ((value instanceof Integer || value instanceof Long)
                && value instanceof Number number
                && number.longValue() >= 0
                && number.longValue() <= max) {
            return number.intValue();
        }
        reject(RejectionCode.MALFORMED, in.pointer() + '/' + name, "must be a whole number from 0 to " + max);
        return null;
    }

    /** The objects of a list; empty when it is absent. */
    List<Fields> list(Fields in, String name, int maxItems, Set<String> names) {
        Object value = in.values().getOrDefault(name, JsonTree.NULL);
        if (value == JsonTree.NULL) {
            return List.of();
        }
        String pointer = in.pointer() + '/' + name;
        if (!(value instanceof List<?> items) || items.size() > maxItems) {
            reject(RejectionCode.MALFORMED, pointer, "must be a list of at most " + maxItems);
            return List.of();
        }
        List<Fields> found = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            found.add(object(Objects.requireNonNull(items.get(i)), pointer + '/' + i, names));
        }
        return found;
    }

    /** The texts of a list; empty when it is absent. */
    List<String> texts(Fields in, String name, int maxItems) {
        Object value = in.values().getOrDefault(name, JsonTree.NULL);
        if (value == JsonTree.NULL) {
            return List.of();
        }
        String pointer = in.pointer() + '/' + name;
        List<String> found = new ArrayList<>();
        if (value instanceof List<?> items && items.size() <= maxItems) {
            for (Object item : items) {
                if (item instanceof String text) {
                    found.add(text);
                }
            }
            if (found.size() == items.size()) {
                return found;
            }
        }
        reject(RejectionCode.MALFORMED, pointer, "must be a list of at most " + maxItems + " texts");
        return List.of();
    }

    static boolean isDigits(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
