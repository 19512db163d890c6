package eu.diplomatics.sealing;

import java.time.Instant;
import java.util.Optional;

/**
 * How far sealing is.
 *
 * @param size leaves under the newest checkpoint
 * @param waiting leaves behind it
 * @param waitingSince when the log took the oldest of those
 * @param overdue whether a leaf waits longer than receipts promise, or nobody could tell for so long: an alarm
 * @param halted why nothing is signed any more: an alarm
 * @param where what the halt is about
 */
public record SealerState(
        long size,
        long waiting,
        Optional<Instant> waitingSince,
        boolean overdue,
        Optional<SealingException.Reason> halted,
        String where) {}
