package eu.diplomatics.backup.source;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A table as it is to be copied.
 *
 * @param columns all that are stored, in the table's order
 * @param orderedBy a column in whose order the rows come; empty where the order does not matter
 */
public record SourceTable(String schema, String name, List<String> columns, String orderedBy) {
    public SourceTable {
        columns = List.copyOf(columns);
    }

    public String qualified() {
        return schema + "." + name;
    }

    /** @param condition of the rows, of table {@code t} */
    String copy(String condition) {
        String list = columns.stream().map(SourceTable::quoted).collect(Collectors.joining(", "));
        String order = orderedBy.isEmpty() ? "" : " ORDER BY " + quoted(orderedBy);
        return "COPY (SELECT " + list + " FROM " + quoted(schema) + "." + quoted(name) + " AS t WHERE "
                + condition + order
                + ") TO STDOUT (FORMAT binary)";
    }

    /** An identifier as SQL takes it, whatever is in it. */
    public static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
