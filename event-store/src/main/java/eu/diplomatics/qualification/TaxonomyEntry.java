package eu.diplomatics.qualification;

import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the controller says of one entry of the taxonomy. It is never taken away, since records name it: it is closed from a
 * day on.
 *
 * @param list the list it stands in, by its name in the API: {@code degree}, {@code subject}
 * @param code by which records and other entries name it; where entries have no name, the value itself
 * @param name null in lists whose entries have none
 * @param closedFrom the first day on which nothing is awarded with it any more; null while it is open
 * @param links to entries of other lists
 */
public record TaxonomyEntry(
        String list,
        String code,
        @Nullable String name,
        @Nullable LocalDate closedFrom,
        List<Link> links) {
    /** What a path and its decoding leave alone. */
    private static final Pattern CODE = Pattern.compile("[^/\\\\;%?#]{1,200}");

    public TaxonomyEntry {
        Stream.of(list, code).forEach(Objects::requireNonNull);
        links = links == null ? List.of() : List.copyOf(links);
    }

    /**
     * Entries of another list that this one names.
     *
     * @param name what they are to it: {@code iscedField1997} of a subject
     * @param codes of the entries
     */
    public record Link(String name, List<String> codes) {
        public Link {
            Objects.requireNonNull(name);
            codes = codes == null ? List.of() : List.copyOf(codes);
        }

        @Override
        public String toString() {
            return "Link[redacted]";
        }
    }

    /** Whether a text can be a code: written as every text of a request is, and fit for an address. */
    public static boolean isCode(String text) {
        return CODE.matcher(text).matches()
                && !text.equals(".")
                && !text.equals("..")
                && !Text.hasIllegalCharacter(text)
                && Text.normalise(text).equals(text);
    }

    /** The codes that it names under a name; none where it names none. */
    public List<String> codes(String name) {
        return links.stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .map(Link::codes)
                .orElse(List.of());
    }

    /** Whether nothing that was awarded then can have it: every day that the date may stand for is one on which it is closed. */
    public boolean isClosedOn(PartialDate awarded) {
        return closedFrom != null && !awarded.earliest().isBefore(closedFrom);
    }

    /** Whether there is a day on which it is closed and the other one is not. */
    public boolean closesBefore(TaxonomyEntry other) {
        return closedFrom != null && (other.closedFrom == null || closedFrom.isBefore(other.closedFrom));
    }

    @Override
    public String toString() {
        return "TaxonomyEntry[redacted]";
    }
}
