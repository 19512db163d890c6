package eu.diplomatics.backup.portable;

import eu.diplomatics.backup.portable.PortableException.Code;
import eu.diplomatics.sensitivity.FieldSensitivity;
import eu.diplomatics.sensitivity.Sensitivity;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The fields that an export can hold, and whether its class allows them (R30). They come from the schemas of the events, so
 * that a field which is new in a record is here at once, and above every class until somebody classified it.
 */
public final class ExportedFields {
    private static final String ROOT = "/event/";
    /** Stands for all members of a line but {@code data}. */
    private static final String HEADER = ROOT + "header";
    /** These have the rows that they have in an answer. */
    private static final Pattern BASIS = Pattern.compile("^/event/[A-Za-z]+/(?=(basis|derived)/)");

    private static final Pattern IDENTITY = Pattern.compile("^/event/[A-Za-z]+/identity/");

    private ExportedFields() {}

    /** As the table of classes names them. Every type of event can stand in any range, so these are those of each export. */
    public static SortedSet<String> all() {
        SortedSet<String> fields = new TreeSet<>(List.of(HEADER));
        EventSchemas.byType().forEach((type, schema) -> {
            for (var member : schema.path("properties").properties()) {
                leaves(member.getValue(), ROOT + (member.getKey().equals("event") ? type : member.getKey()), fields);
            }
        });
        return fields;
    }

    private static void leaves(JsonNode schema, String at, SortedSet<String> found) {
        if (schema.has("items")) {
            leaves(schema.path("items"), at, found);
        } else if (schema.has("oneOf")) {
            schema.path("oneOf").forEach(each -> leaves(each, at, found));
        } else if (schema.has("properties")) {
            for (var property : schema.path("properties").properties()) {
                leaves(property.getValue(), at + "/" + property.getKey(), found);
            }
        } else {
            found.add(IDENTITY.matcher(BASIS.matcher(at).replaceFirst("/")).replaceFirst("/holder/"));
        }
    }

    /**
     * Refuses an export that would hold more than its class allows; no field is ever left out, since receipts are over whole
     * events.
     *
     * @throws PortableException which names the fields
     */
    public static void requireWithin(Sensitivity highest) throws PortableException {
        requireWithin(highest, all());
    }

    static void requireWithin(Sensitivity highest, Collection<String> fields) throws PortableException {
        List<String> above = FieldSensitivity.table().above(highest, fields);
        if (!above.isEmpty()) {
            throw new PortableException(
                    Code.FIELD_ABOVE_CLASS,
                    "above the class of this export, " + highest + ", or without one: " + String.join(", ", above));
        }
    }
}
