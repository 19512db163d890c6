package eu.diplomatics.registry.keys;

import java.time.Duration;
import java.time.LocalTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How long each type of key may be used for new things.
 *
 * @param byName zero for a key that lasts as long as what it made
 * @param grace how long a key that is due may wait for its rotation before the service calls itself unready
 * @param nightly when the keyring is rewritten, UTC
 * @param indexByItself the most holders with which the keys of the blind index rotate without being asked
 */
public record KeyPeriods(Map<String, Duration> byName, Duration grace, LocalTime nightly, int indexByItself) {
    /** As in the key table of {@code docs/event-store-format.md}. */
    public static final Map<String, Duration> DEFAULTS = Map.ofEntries(
            Map.entry("kek", Duration.ofDays(1)),
            Map.entry("data-keys", Duration.ofDays(730)),
            Map.entry("receipt-key", Duration.ofDays(730)),
            Map.entry("checkpoint-key", Duration.ofDays(730)),
            Map.entry("access-log-checkpoint-key", Duration.ofDays(730)),
            Map.entry("inventory-key", Duration.ofDays(730)),
            Map.entry("holder-index", Duration.ofDays(365)),
            Map.entry("index-k1", Duration.ofDays(365)),
            Map.entry("reference-key", Duration.ofDays(365)),
            Map.entry("command-id-key", Duration.ofDays(365)),
            Map.entry("batch-key", Duration.ofDays(365)),
            Map.entry("access-log-seal", Duration.ofDays(365)),
            Map.entry("access-log-index", Duration.ofDays(365)));

    public KeyPeriods {
        byName = Map.copyOf(byName);
        if (grace.isNegative() || byName.values().stream().anyMatch(Duration::isNegative)) {
            throw new IllegalArgumentException("a crypto-period is not negative");
        }
    }

    /** The defaults, except where something else is set. */
    public static KeyPeriods of(Map<String, Duration> set, Duration grace, LocalTime nightly, int indexByItself) {
        Map<String, Duration> all = new TreeMap<>(DEFAULTS);
        all.putAll(set);
        return new KeyPeriods(all, grace, nightly, indexByItself);
    }

    Optional<Duration> of(String name) {
        return Optional.ofNullable(byName.get(name)).filter(period -> !period.isZero());
    }
}
