package eu.diplomatics.backup;

import java.time.Duration;
import java.util.Optional;

/** Whether the newest generation is new enough (R10). */
enum Freshness {
    FRESH,
    /** Somebody has to look: a day has gone by without one. */
    LATE,
    /** Three days: the registry is no longer ready. */
    OVERDUE,
    /** There never was one. */
    NONE;

    private static final Duration ALARM = Duration.ofHours(26);
    private static final Duration RED = Duration.ofHours(72);

    static Freshness of(Optional<Duration> age) {
        if (age.isEmpty()) {
            return NONE;
        }
        if (age.get().compareTo(RED) > 0) {
            return OVERDUE;
        }
        return age.get().compareTo(ALARM) > 0 ? LATE : FRESH;
    }
}
