package eu.diplomatics.registry.relay;

import java.time.Duration;
import java.util.Map;

/**
 * Where the relay publishes and how it looks for news.
 *
 * @param retention how long the broker keeps a record: short, since rebuilds read the store
 * @param idle how long without news until partitions get a heartbeat
 * @param connection settings of the broker's clients, such as those of TLS
 */
public record RelaySettings(
        String bootstrapServers,
        String topic,
        int partitions,
        Duration retention,
        Duration idle,
        Map<String, String> connection) {}
