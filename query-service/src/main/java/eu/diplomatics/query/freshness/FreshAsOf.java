package eu.diplomatics.query.freshness;

import java.time.Instant;

/**
 * Up to where an answer knows the log: everything at or below {@code position} was considered.
 *
 * @param recordedAt when that position was recorded; the epoch for an empty log
 */
public record FreshAsOf(long position, Instant recordedAt) {
    public static final FreshAsOf NOTHING = new FreshAsOf(0, Instant.EPOCH);
}
