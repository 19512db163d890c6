package eu.diplomatics.eventstore;

import java.time.Duration;

/**
 * Bounds of the writer.
 *
 * @param maxBatchEvents events in one call of the database
 * @param maxBatchBytes ciphertext bytes in one call of the database
 * @param maxQueuedEvents events waiting; beyond it {@link EventLog#append} blocks
 * @param maxQueuedBytes ciphertext bytes waiting; beyond it {@link EventLog#append} blocks
 * @param offerTimeout how long {@code append} blocks before it fails
 * @param recoveryTimeout how long waiting units outlive a lost connection before they fail
 */
public record EventLogSettings(
        int maxBatchEvents,
        long maxBatchBytes,
        int maxQueuedEvents,
        long maxQueuedBytes,
        Duration offerTimeout,
        Duration recoveryTimeout) {
    public static EventLogSettings defaults() {
        return new EventLogSettings(2_000, 16 << 20, 8_000, 48 << 20, Duration.ofSeconds(10), Duration.ofSeconds(10));
    }
}
