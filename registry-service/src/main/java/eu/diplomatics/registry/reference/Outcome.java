package eu.diplomatics.registry.reference;

import eu.diplomatics.qualification.DomainEvent.ReferenceEvent;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.registry.reference.ReferenceStream.Decision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a change of reference data. */
public sealed interface Outcome<T> {
    /** The version of what neither anybody changed nor a file says. */
    long NONE = -1;

    /** @param now false when it was so already */
    record Done<T>(T changed, boolean now) implements Outcome<T> {}

    /** There is one, and the request does not say which version it builds on. */
    record VersionMissing<T>() implements Outcome<T> {}

    record Stale<T>() implements Outcome<T> {}

    record Unknown<T>() implements Outcome<T> {}

    /** @param rejections at least one */
    record Refused<T>(List<Rejection> rejections) implements Outcome<T> {}

    /** The version of what nobody changed yet: 0 where the file says something. */
    static long ofFile(boolean said) {
        return said ? 0 : NONE;
    }

    /**
     * Whether a change may follow what there is.
     *
     * @param before as it was changed last; null where nobody did
     * @param version of it, or of what the file says
     * @param same whether it is so already
     * @param expected version that the change builds on, 0 for what the file says; null when nobody changed it yet
     */
    static <T> Decision<Outcome<T>> decide(
            @Nullable T before, long version, boolean same, @Nullable Long expected, ReferenceEvent change) {
        if (before != null && same) {
            return Decision.of(new Done<>(before, false));
        }
        if (before != null && expected == null) {
            return Decision.of(new VersionMissing<>());
        }
        return expected == null || expected == version ? Decision.append(change) : Decision.of(new Stale<>());
    }
}
