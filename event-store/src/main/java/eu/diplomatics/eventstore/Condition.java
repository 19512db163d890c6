package eu.diplomatics.eventstore;

import java.util.List;
import java.util.Set;

/**
 * "No event after position {@code after} carries all of {@code tags} and has one of {@code types}." Empty tags or types
 * match every event. A condition that does not hold rejects its unit only.
 *
 * @param after a position; 0 means from the beginning of the log
 */
public record Condition(long after, List<Tag> tags, Set<String> types) {
    /** Nothing with this tag was ever appended: a unique claim. */
    public static Condition unclaimed(Tag tag) {
        return new Condition(0, List.of(tag), Set.of());
    }
}
