package eu.diplomatics.eventstore;

import java.util.Map;

/**
 * For which versions of the reference key a unit was tagged. The log refuses it when others are in force: tag anew, then
 * offer again.
 *
 * @param epoch as {@link TagVersions} told it
 * @param next the same tags under the next version, while the key rotates; else empty
 */
public record TagEpoch(long epoch, Map<Tag, Tag> next) {
    /** Before any rotation. */
    public static final TagEpoch FIRST = new TagEpoch(1, Map.of());
}
