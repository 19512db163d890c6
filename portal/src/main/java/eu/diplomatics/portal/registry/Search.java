package eu.diplomatics.portal.registry;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is looked for in the access log (docs/access-log.md). The query-service says what is missing.
 *
 * @param insz about whom was asked
 * @param agency who asked
 * @param purpose what for
 * @param limit rows on a page
 * @param cursor {@code next} of the page before
 */
public record Search(
        @Nullable String insz,
        @Nullable Instant from,
        @Nullable Instant until,
        @Nullable String agency,
        @Nullable String purpose,
        int limit,
        @Nullable String cursor) {
    Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        put(body, "insz", insz);
        put(body, "from", from);
        put(body, "until", until);
        put(body, "agency", agency);
        put(body, "purpose", purpose);
        put(body, "cursor", cursor);
        body.put("limit", limit);
        return body;
    }

    private static void put(Map<String, Object> body, String name, @Nullable Object value) {
        if (value != null) {
            body.put(name, value.toString());
        }
    }

    @Override
    public String toString() {
        return "Search[redacted]";
    }
}
