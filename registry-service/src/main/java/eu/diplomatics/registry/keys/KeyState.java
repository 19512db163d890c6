package eu.diplomatics.registry.keys;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A type of key and the versions there are of it.
 *
 * @param name as in the key table of {@code docs/event-store-format.md}
 * @param period how long a version may be used for new things; absent when it lasts for ever
 * @param due when the version in use reaches that age
 * @param overdue whether it has passed it and the grace on top of it
 * @param rotatedBy the kind of operation that makes the next version, when there is one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KeyState(
        String name,
        @Nullable Duration period,
        @Nullable Instant due,
        boolean overdue,
        @Nullable String rotatedBy,
        List<Version> versions) {
    /** States of SP 800-57 part 1 that keys of ours are in. */
    public enum State {
        /** Used for new things. */
        ACTIVE,
        /** Opens or verifies what was made before. */
        DEACTIVATED
    }

    /**
     * One version.
     *
     * @param version a number or id, unique for its key
     */
    public record Version(String version, Instant madeAt, State state) {}
}
