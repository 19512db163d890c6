package eu.diplomatics.registry.keys;

import eu.diplomatics.registry.keys.KeyState.State;
import eu.diplomatics.registry.keys.KeyState.Version;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** How old each key is and may become. */
final class KeyRegister {
    private final List<KeyType> types;
    private final KeyPeriods periods;
    private final InstantSource clock;

    KeyRegister(List<KeyType> types, KeyPeriods periods, InstantSource clock) {
        this.types = List.copyOf(types);
        this.periods = periods;
        this.clock = clock;
    }

    List<KeyState> states() {
        Instant now = clock.instant();
        return types.stream().map(type -> state(type, now)).toList();
    }

    private KeyState state(KeyType type, Instant now) {
        List<Version> versions = type.versions();
        Optional<Duration> period = periods.of(type.name());
        // what was never made does not grow old
        Optional<Instant> due = versions.stream()
                .filter(version -> version.state() == State.ACTIVE)
                .map(Version::madeAt)
                .max(Instant::compareTo)
                .flatMap(madeAt -> period.map(madeAt::plus));
        boolean overdue = due.filter(instant -> now.isAfter(instant.plus(periods.grace())))
                .isPresent();
        return new KeyState(
                type.name(),
                period.orElse(null),
                due.orElse(null),
                overdue,
                type.rotatedBy().orElse(null),
                versions);
    }
}
