package eu.diplomatics.retention;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of data that go by themselves when they were kept long enough, with the period of each where nothing else is
 * configured, and the shortest and longest that may be. docs/retention.md lists the same.
 */
public enum Kept {
    /** Who asked what about whom. Nothing younger than the shortest period goes: the database itself refuses. */
    ACCESS_LOG("access-log", "diplomatics.retention.access-log", 3_653, 365, 10_957),
    /** Which agency received which record, from the last time that it did, give or take a month. */
    RECIPIENTS("recipients", "diplomatics.retention.recipients", 3_653, 365, 10_957),
    /** What agencies were told of records that they received, once they acknowledged it. */
    NOTICES("notices", "diplomatics.retention.notices", 1_827, 365, 10_957),
    /** That an agency had a case about a person, from when it was closed or ended. */
    CASES("cases", "diplomatics.retention.cases", 90, 30, 3_653),
    /** How many persons were asked about under a mandate on a day. */
    QUOTA_COUNTS("quota-counts", "diplomatics.retention.quota-counts", 35, 1, 366),
    /** Files of registrations, their rejected rows and results, from the end of the work on them. */
    BATCHES("batches", "diplomatics.batches.retention", 7, 1, 90),
    /** Sealed events at the broker. */
    KAFKA("kafka", "diplomatics.kafka.retention", 7, 1, 30),
    /** Signed reports of drills. They go with the first drill afterwards; no setting changes it. */
    DRILL_REPORTS("drill-reports", null, 1_827, 1_827, 1_827);

    private final String name;
    private final @Nullable String setting;
    private final Duration standard;
    private final Duration shortest;
    private final Duration longest;

    Kept(String name, @Nullable String setting, int standardDays, int shortestDays, int longestDays) {
        this.name = name;
        this.setting = setting;
        this.standard = Duration.ofDays(standardDays);
        this.shortest = Duration.ofDays(shortestDays);
        this.longest = Duration.ofDays(longestDays);
    }

    /**
     * The period in force.
     *
     * @param configured null where nothing is
     * @throws IllegalArgumentException when it is too short or too long; it names the setting
     */
    public Duration period(@Nullable Duration configured) {
        Duration period = configured == null ? standard : configured;
        if (period.compareTo(shortest) < 0 || period.compareTo(longest) > 0) {
            throw new IllegalArgumentException(
                    setting + " is from " + shortest.toDays() + "d to " + longest.toDays() + "d, not " + period);
        }
        return period;
    }

    /** The period where nothing is configured. */
    public Duration standard() {
        return standard;
    }

    public Duration shortest() {
        return shortest;
    }

    public Duration longest() {
        return longest;
    }

    /** As in metrics and states, such as {@code access-log}. */
    public String label() {
        return name;
    }

    /** The property that says another period; null where none does. */
    public @Nullable String setting() {
        return setting;
    }
}
