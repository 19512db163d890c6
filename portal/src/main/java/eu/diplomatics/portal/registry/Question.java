package eu.diplomatics.portal.registry;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A question that is answered yes or no. The query-service says what is missing.
 *
 * @param framework {@code EQF}, {@code VKS}, {@code ISCED_2011}; null for any level
 * @param field beginning of a code of ISCED-F 2013; null for any
 * @param on the day, as 2026-11-23
 */
public record Question(
        @Nullable String framework,
        @Nullable Integer level,
        @Nullable String field,
        @Nullable String on) {
    Map<String, Object> wording() {
        Map<String, Object> wording = new LinkedHashMap<>();
        if (framework != null && level != null) {
            wording.put("levelAtLeast", Map.of("framework", framework, "level", level));
        }
        if (field != null) {
            wording.put("field", field);
        }
        if (on != null) {
            wording.put("on", on);
        }
        return wording;
    }
}
