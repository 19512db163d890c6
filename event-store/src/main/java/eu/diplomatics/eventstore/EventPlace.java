package eu.diplomatics.eventstore;

import java.time.Instant;
import java.util.UUID;

/**
 * Where an appended event stands in the log.
 *
 * @param position contiguous, from 1
 * @param recordedAt microseconds, never before that of a lower position
 * @param leaf 32 bytes: SHA-256 over header and commitment, see docs/event-store-format.md
 */
public record EventPlace(UUID stream, long version, long position, Instant recordedAt, byte[] leaf) {}
