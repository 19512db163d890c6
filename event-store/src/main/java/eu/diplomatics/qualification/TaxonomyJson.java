package eu.diplomatics.qualification;

import eu.diplomatics.qualification.RequestReader.Fields;
import eu.diplomatics.qualification.TaxonomyEntry.Link;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Entries of the taxonomy as JSON, read as strictly as {@link QualificationJson} reads. */
public final class TaxonomyJson {
    private static final int NAME = 500;
    private static final int REASON = 1_000;
    private static final int DAY = 10;
    private static final int MOST_LINKS = 300;

    private TaxonomyJson() {}

    /** @param reason why it is listed, changed or closed */
    public record ListEntry(TaxonomyEntry entry, String reason) {
        @Override
        public String toString() {
            return "ListEntry[redacted]";
        }
    }

    /**
     * An entry of this list and code, which are not in the body: {@code {name, closedFrom, links, reason}}.
     *
     * @param named whether the list's entries have a name
     * @param links the names of the links that they may have, in the order in which they are kept
     */
    public static Checked<ListEntry> readEntry(
            byte[] utf8, RequestRules rules, String list, String code, boolean named, List<String> links) {
        return QualificationJson.read(utf8, rules, (tree, reader) -> {
            Fields root = reader.object(tree, "", fields(named, !links.isEmpty()));
            @Nullable String name = named ? reader.required(root, "name", NAME) : null;
            @Nullable LocalDate closedFrom = day(root, reader);
            List<Link> linked = links(root, links, reader);
            String reason = reader.required(root, "reason", REASON);
            return reader.result(() -> new ListEntry(new TaxonomyEntry(list, code, name, closedFrom, linked), reason));
        });
    }

    private static Set<String> fields(boolean named, boolean linked) {
        Set<String> fields = new HashSet<>(Set.of("closedFrom", "reason"));
        if (named) {
            fields.add("name");
        }
        if (linked) {
            fields.add("links");
        }
        return fields;
    }

    private static @Nullable LocalDate day(Fields root, RequestReader reader) {
        String text = reader.optional(root, "closedFrom", DAY);
        if (text == null) {
            return null;
        }
        PartialDate day = PartialDate.parse(text).orElse(null);
        if (day == null || day.day() == null) {
            reader.reject(RejectionCode.MALFORMED, "/closedFrom", "must be a date of the calendar, from 1800 to 2199");
            return null;
        }
        return day.earliest();
    }

    private static List<Link> links(Fields root, List<String> names, RequestReader reader) {
        List<Link> links = new ArrayList<>();
        if (names.isEmpty()) {
            return links;
        }
        Fields given = reader.object(root, "links", Set.copyOf(names));
        if (given == null) {
            return links;
        }
        for (String name : names) {
            List<String> codes =
                    reader.texts(given, name, MOST_LINKS).stream().distinct().toList();
            if (!codes.isEmpty()) {
                links.add(new Link(name, codes));
            }
        }
        return links;
    }
}
