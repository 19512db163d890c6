package eu.diplomatics.backup.segment;

import java.nio.charset.StandardCharsets;

/**
 * What a segment is, bound to it as associated data: one that is put in another's place does not open.
 *
 * @param generation the generation's id
 * @param part whose key seals it
 * @param table {@code database.schema.table}
 * @param ordinal of the table's segments, from 0
 */
public record SegmentContext(String generation, String part, String table, int ordinal) {
    /** Lines; none of the parts holds one. */
    public byte[] bytes() {
        return String.join("\n", "diplomatics backup segment v1", generation, part, table, Integer.toString(ordinal))
                .getBytes(StandardCharsets.UTF_8);
    }
}
