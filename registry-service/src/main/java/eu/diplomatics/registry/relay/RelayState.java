package eu.diplomatics.registry.relay;

import java.time.Instant;

/**
 * How far the relay is.
 *
 * @param position everything up to here is acknowledged by the broker
 * @param at when the broker last acknowledged anything
 * @param publishing false while Kafka or the log is away, or another relay publishes
 */
public record RelayState(long position, Instant at, boolean publishing) {
    static final RelayState STARTING = new RelayState(0, Instant.EPOCH, false);
}
