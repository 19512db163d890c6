package eu.diplomatics.eventstore;

import java.time.Instant;
import java.util.UUID;

/** One event as it lies in the log: header in clear, content sealed. */
public record StoredEvent(
        long position,
        Instant recordedAt,
        EventContext context,
        UUID holder,
        UUID command,
        byte[] commitment,
        byte[] leaf,
        int keyGeneration,
        byte[] ciphertext) {}
