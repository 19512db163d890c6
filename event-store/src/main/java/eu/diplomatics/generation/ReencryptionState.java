package eu.diplomatics.generation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far the newest re-encryption is.
 *
 * @param generation the one it makes; 1 where there never was one
 * @param position everything up to here is copied
 * @param leftOut events whose key was shredded before
 * @param head the log's highest position now
 * @param switchedAt when the generation became the current one; null before
 * @param droppedAt when the table of the one before was dropped; null before
 */
public record ReencryptionState(
        int generation,
        long position,
        long leftOut,
        long head,
        @Nullable Instant begunAt,
        @Nullable Instant switchedAt,
        @Nullable Instant droppedAt) {
    /** Whether a new generation is begun and the old one not gone: what was started must be brought to its end. */
    public boolean isUnderWay() {
        return generation > 1 && droppedAt == null;
    }
}
